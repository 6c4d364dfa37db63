// What oidc-provider keeps, in SQLite: one table, a row a thing, found by id, uid, user code or grant. Statements are prepared once;
// the mode is that of production: a write-ahead log that is on the disk before a command is answered.
import { DatabaseSync } from 'node:sqlite';

const consumable = new Set(['AuthorizationCode', 'RefreshToken', 'DeviceCode', 'BackchannelAuthenticationRequest', 'PushedAuthorizationRequest']);

export function adapters(file) {
  const db = new DatabaseSync(file);
  db.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    CREATE TABLE things (
      kind TEXT NOT NULL, id TEXT NOT NULL, payload TEXT NOT NULL, uid TEXT, user_code TEXT, grant_id TEXT,
      consumed INTEGER, expires_at INTEGER, PRIMARY KEY (kind, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX by_uid ON things (uid) WHERE uid IS NOT NULL;
    CREATE INDEX by_user_code ON things (user_code) WHERE user_code IS NOT NULL;
    CREATE INDEX by_grant ON things (grant_id) WHERE grant_id IS NOT NULL;
  `);
  const upsert = db.prepare(`
    INSERT INTO things (kind, id, payload, uid, user_code, grant_id, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (kind, id) DO UPDATE SET payload = excluded.payload, uid = excluded.uid, expires_at = excluded.expires_at`);
  const found = 'SELECT payload, consumed, expires_at FROM things WHERE';
  const byId = db.prepare(`${found} kind = ? AND id = ?`);
  const byUid = db.prepare(`${found} kind = ? AND uid = ?`);
  const byUserCode = db.prepare(`${found} kind = ? AND user_code = ?`);
  const consume = db.prepare('UPDATE things SET consumed = ? WHERE kind = ? AND id = ?');
  const destroy = db.prepare('DELETE FROM things WHERE kind = ? AND id = ?');
  const revoke = db.prepare('DELETE FROM things WHERE grant_id = ?');
  const now = () => Math.floor(Date.now() / 1000);

  const thing = (row) => {
    if (!row || (row.expires_at && row.expires_at <= now())) return undefined;
    const payload = JSON.parse(row.payload);
    return row.consumed ? { ...payload, consumed: row.consumed } : payload;
  };

  return class {
    constructor(kind) {
      this.kind = kind;
    }

    async upsert(id, payload, expiresIn) {
      const { uid = null, userCode = null, grantId = null } = payload;
      upsert.run(this.kind, id, JSON.stringify(payload), uid, userCode, grantId, expiresIn ? now() + expiresIn : null);
    }

    async find(id) {
      return thing(byId.get(this.kind, id));
    }

    async findByUid(uid) {
      return thing(byUid.get(this.kind, uid));
    }

    async findByUserCode(code) {
      return thing(byUserCode.get(this.kind, code));
    }

    async consume(id) {
      if (consumable.has(this.kind)) consume.run(now(), this.kind, id);
    }

    async destroy(id) {
      destroy.run(this.kind, id);
    }

    async revokeByGrantId(grantId) {
      revoke.run(grantId);
    }
  };
}
