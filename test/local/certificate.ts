import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { awsNames, type Certificate, serverCertificate } from "../../local/region/certificates";

/** The region's folder with a certificate authority, and a certificate for AWS's and Slack's names by it. */
export async function certificateFor(
  region: string,
): Promise<{ ca: Buffer; certificate: Certificate; folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), "towline-local-"));
  process.env.TOWLINE_RUN = folder;
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"];
  const use = ["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign"];
  const files = ["-keyout", join(folder, "ca.key"), "-out", join(folder, "ca.pem")];
  execFileSync("openssl", ["req", "-x509", ...curve, "-subj", "/CN=test", ...use, ...files], { stdio: "pipe" });
  const certificate = await serverCertificate([...awsNames([region]), "hooks.slack.com"]);
  return { ca: readFileSync(join(folder, "ca.pem")), certificate, folder };
}
