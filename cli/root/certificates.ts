import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

const BUNDLE = "/etc/ssl/certs/ca-certificates.crt";
/** What Debian's ca-certificates brings: a root has its own. */
const SHIPPED = "/usr/share/ca-certificates/mozilla";
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The certificates that this machine trusts beyond Debian's, such as a company's own: without them no mirror may answer. */
export async function ownCertificates(bundle = BUNDLE, shipped = SHIPPED): Promise<string[]> {
  const names = await readdir(shipped).catch(() => []);
  const debians = await Promise.all(names.map((name) => readFile(join(shipped, name), "utf8")));
  const known = new Set(debians.flatMap(certificates));
  // Without Debian's own beside it, nobody can say which are the machine's.
  if (known.size === 0) return [];
  const trusted = certificates(await readFile(bundle, "utf8").catch(() => ""));
  return [...new Set(trusted)].filter((one) => !known.has(one)).sort();
}

function certificates(text: string): string[] {
  return (text.match(CERTIFICATE) ?? []).map((one) => one.replaceAll("\r", ""));
}
