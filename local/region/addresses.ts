import { run } from "./shell";

/** A range of documentation (RFC 5737), which leads nowhere outside. */
const RANGE = "203.0.113";
const TABLE = "towline_addresses";

/** Elastic IPs: public addresses that the region's network translates to whichever instance has them. */
export class Addresses {
  private count = 0;
  /** Private addresses by public ones. */
  private readonly translations = new Map<string, string>();

  /** @throws Error when the range is used up. */
  next(): string {
    if (this.count === 254) throw new Error(`no address is left in ${RANGE}.0/24`);
    return `${RANGE}.${++this.count}`;
  }

  async lead(publicAddress: string, to: string): Promise<void> {
    this.translations.set(publicAddress, to);
    await this.write();
  }

  /** Forgets an instance that is gone, wherever its addresses lead by then. */
  async forget(privateAddress: string): Promise<void> {
    for (const [from, to] of this.translations) if (to === privateAddress) this.translations.delete(from);
    await this.write();
  }

  /** In one transaction, so that there is no moment without the addresses that stay. */
  private write(): Promise<string> {
    const rules = [...this.translations].map(([from, to]) => `    ip daddr ${from} dnat to ${to}\n`).join("");
    const chain = (hook: string) => `  chain ${hook} {\n    type nat hook ${hook} priority -100;\n${rules}  }\n`;
    const table = `table ip ${TABLE} {\n${chain("prerouting")}${chain("output")}}\n`;
    return run("nft", ["-f", "-"], { input: `table ip ${TABLE}\ndelete table ip ${TABLE}\n${table}` });
  }
}
