import { randomBytes } from "node:crypto";
import type { Principal } from "./principal";

/** What a request is signed with. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** Credentials, and whose they are. */
export interface Known extends Credentials {
  readonly principal: Principal;
}

/** Seconds that credentials of a role are good for, where nobody asks for another time. */
const HOUR = 3600;
/** Credentials of a session are handed out again for as long as they are good for this many seconds more. */
const FRESH = 900;

/** The region's Security Token Service: hands out temporary credentials, and knows whose they are. */
export class Keys {
  private readonly byId = new Map<string, Known>();
  private readonly bySession = new Map<string, Known>();

  issue(principal: Principal, seconds = HOUR): Known {
    const [id, secret, token] = [10, 30, 60].map((bytes) => randomBytes(bytes)) as [Buffer, Buffer, Buffer];
    const made: Known = {
      accessKeyId: `ASIA${id.toString("hex").toUpperCase().slice(0, 16)}`,
      secretAccessKey: secret.toString("base64"),
      sessionToken: token.toString("base64"),
      expiration: new Date(Date.now() + seconds * 1000),
      principal,
    };
    this.forgetExpired();
    this.byId.set(made.accessKeyId, made);
    return made;
  }

  /** Credentials for a session, the same ones for as long as they are fresh, as services of AWS have them. */
  of(principal: Principal): Credentials {
    const known = this.bySession.get(principal.arn);
    const fresh = known !== undefined && known.expiration.getTime() > Date.now() + FRESH * 1000;
    if (fresh && JSON.stringify(known.principal) === JSON.stringify(principal)) return known;
    const made = this.issue(principal);
    this.bySession.set(principal.arn, made);
    return made;
  }

  find(accessKeyId: string): Known | undefined {
    return this.byId.get(accessKeyId);
  }

  private forgetExpired(): void {
    // What has just ended is still told that it has.
    const end = Date.now() - HOUR * 1000;
    for (const [id, { expiration }] of this.byId) if (expiration.getTime() < end) this.byId.delete(id);
  }
}
