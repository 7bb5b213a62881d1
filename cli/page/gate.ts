import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** Whom the page's server answers: whoever has the address that the command printed, from the page itself. */
export class Gate {
  /** In the address, then in a cookie that scripts cannot read. */
  readonly token = randomBytes(24).toString("base64url");
  /** In the page itself, which no other site can read: whoever changes something sends it in a header. */
  readonly orderToken = randomBytes(24).toString("base64url");

  /** @param hosts names under which the browser finds the server, with the port */
  constructor(private readonly hosts: readonly string[]) {}

  /** Another name that leads here is another site's (DNS rebinding). */
  isOwnHost({ headers }: IncomingMessage): boolean {
    return this.hosts.includes(headers.host ?? "");
  }

  /** Whether the token stands in the address. */
  hasAddress(url: URL): boolean {
    return same(url.searchParams.get("token") ?? "", this.token);
  }

  /** Whether the browser was let in before. */
  isKnown({ headers }: IncomingMessage): boolean {
    const prefix = `${this.cookieName()}=`;
    const cookies = (headers.cookie ?? "").split(/; */).filter((one) => one.startsWith(prefix));
    return cookies.some((one) => same(one.slice(prefix.length), this.token));
  }

  /** Whether the page itself asks for a change: no other site's script, form or link can. */
  mayOrder(request: IncomingMessage): boolean {
    const { origin, "sec-fetch-site": site, "x-towline-page": order } = request.headers;
    const ownOrigin = origin !== undefined && this.hosts.some((host) => origin === `http://${host}`);
    // Every browser of today sends both; who sends neither is none.
    return ownOrigin && (site === undefined || site === "same-origin") && same(String(order ?? ""), this.orderToken);
  }

  cookie(): string {
    return `${this.cookieName()}=${this.token}; HttpOnly; SameSite=Strict; Path=/`;
  }

  /** Cookies know no ports, and two pages may be open. */
  private cookieName(): string {
    return `towline-page-${/\d+$/.exec(this.hosts[0] ?? "")?.[0] ?? ""}`;
  }
}

/** In a time that says nothing of how much of it is right. */
function same(given: string, wanted: string): boolean {
  const [a, b] = [given, wanted].map((text) => createHash("sha256").update(text).digest());
  return timingSafeEqual(a as Buffer, b as Buffer);
}
