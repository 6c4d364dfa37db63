// A real Apache with mod_auth_openidc, of its own configuration, started by hand and not as a service.

import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { environment, Program } from './program.mjs';

const MODULES = '/usr/lib/apache2/modules';

// Prints what the application behind the server is told: the person, and the module's variables.
const APPLICATION = `#!/bin/sh
printf 'Content-Type: text/plain\\r\\n\\r\\n'
env | grep -E '^(REMOTE_USER|OIDC_)' | sort
`;

export class Apache {
  /**
   * Starts a server with a site for each `{ port, directives, authType }`; the part of each under `/protected/` asks for a sign-in, or
   * for what else the type says. `files` are put into the server's folder by name, where directives find them as `@/name`.
   */
  static async start(sites, files = {}) {
    const apache = new Apache();
    apache.home = await mkdtemp(join(tmpdir(), 'vestibule-apache-'));
    // As root, the workers run as another user, who must get in.
    await chmod(apache.home, 0o755);
    await mkdir(join(apache.home, 'cgi'));
    await writeFile(join(apache.home, 'cgi', 'app'), APPLICATION, { mode: 0o755 });
    for (const [name, content] of Object.entries(files)) await writeFile(join(apache.home, name), content);
    const file = join(apache.home, 'apache.conf');
    await writeFile(file, configuration(apache.home, sites), { mode: 0o600 });
    apache.program = new Program('apache2', ['-f', file, '-D', 'FOREGROUND'], { env: environment(apache.home) });
    await apache.program.ready(async () => (await fetch(`http://localhost:${sites[0].port}/`)).status > 0);
    return apache;
  }

  /** What the server has written to its log. */
  log() {
    return readFile(join(this.home, 'log'), 'utf8');
  }

  async stop() {
    await this.program.stop();
    await rm(this.home, { recursive: true, force: true });
  }
}

function configuration(home, sites) {
  const modules = ['mpm_prefork', 'authn_core', 'authz_core', 'authz_user', 'alias', 'cgi', 'env', 'auth_openidc'];
  return `
ServerRoot ${home}
ServerName localhost
PidFile ${home}/pid
ErrorLog ${home}/log
LogLevel warn auth_openidc:info
DefaultRuntimeDir ${home}
Mutex file:${home}
${modules.map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`).join('\n')}
${process.getuid() === 0 ? 'User www-data\nGroup www-data' : ''}
StartServers 2
<Directory />
  Require all denied
</Directory>
<Directory ${home}/cgi>
  Options +ExecCGI
  Require all granted
</Directory>
${sites.map((one) => site(home, one)).join('\n')}
`;
}

function site(home, { port, directives, authType = 'openid-connect' }) {
  return `
Listen 127.0.0.1:${port}
<VirtualHost 127.0.0.1:${port}>
  ScriptAlias /protected/ ${home}/cgi/
${Object.entries(directives)
  .map(([name, value]) => `  ${name} "${value.replaceAll('@/', `${home}/`)}"`)
  .join('\n')}
  <Location /protected/>
    AuthType ${authType}
    Require valid-user
  </Location>
</VirtualHost>
`;
}
