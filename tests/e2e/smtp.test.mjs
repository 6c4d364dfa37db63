// Mail by SMTP: aiosmtpd takes it, and an outage loses none of it.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Person } from './lib/person.mjs';
import { freePort } from './lib/program.mjs';
import { brokenServer, SmtpServer } from './lib/smtp.mjs';
import { until } from './lib/until.mjs';
import { codeIn, Vestibule } from './lib/vestibule.mjs';

async function withVestibule(port, work) {
  const vestibule = await Vestibule.start({ VESTIBULE__MAIL__SMTP_URL: `smtp://127.0.0.1:${port}` });
  try {
    await work(vestibule);
  } finally {
    await vestibule.stop();
  }
  vestibule.assertDiscreet(3);
}

/** Signs up with the code of the mail that arrives, and looks at that mail. */
async function signUpByMail(vestibule, arrives) {
  const person = new Person(vestibule);
  const page = await person.signUp(async () => {
    const mail = await arrives(person.email);
    assert.deepEqual(mail.to, [person.email]);
    assert.ok(mail.subject && mail.message_id && mail.html, 'a whole mail, for people and for machines');
    const code = vestibule.secret(codeIn(mail.text));
    assert.ok(mail.html.includes(code), 'both parts say the same');
    return code;
  });
  assert.ok(!page.has('#code'), `the code is taken: ${page.text()}`);
  return person;
}

test('a code arrives by SMTP', async () => {
  const port = await freePort();
  const smtp = await SmtpServer.start(port);
  try {
    await withVestibule(port, async (vestibule) => {
      const person = await signUpByMail(vestibule, (to) => smtp.mail(to));
      assert.equal(smtp.mails(person.email).length, 1);
    });
  } finally {
    await smtp.stop();
  }
});

test('a mail waits for a server that is down', async () => {
  const port = await freePort();
  let server = await brokenServer(port);
  try {
    await withVestibule(port, async (vestibule) => {
      await signUpByMail(vestibule, async (to) => {
        await until('a delivery is tried, and fails', () => server.calls > 0);
        await server.stop();
        server = await SmtpServer.start(port);
        return server.mail(to, 90);
      });
    });
  } finally {
    await server.stop();
  }
});
