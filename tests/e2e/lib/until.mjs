// Waiting is asking again until it is so, and giving up in the end.

import { setTimeout as pause } from 'node:timers/promises';

/**
 * The first truthy answer of `ask`; an error that says `what` when there is none within `seconds`.
 *
 * What `ask` throws counts as "not yet", and is told when the time is up.
 */
export async function until(what, ask, seconds = 20) {
  const end = Date.now() + seconds * 1000;
  let cause;
  do {
    try {
      const answer = await ask();
      if (answer) return answer;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await pause(50);
  } while (Date.now() < end);
  throw new Error(`after ${seconds} s, still not so: ${what}`, { cause });
}
