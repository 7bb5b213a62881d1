import { readFile, writeFile } from "node:fs/promises";
import { place } from "./place";
import { run } from "./shell";

export interface Certificate {
  readonly key: Buffer;
  readonly cert: Buffer;
}

/** Names a certificate must hold for a region's AWS endpoints; wildcards stand for one label only. */
export function awsNames(regions: readonly string[]): string[] {
  const regional = regions.flatMap((region) => [`*.${region}.amazonaws.com`, `*.s3.${region}.amazonaws.com`]);
  return ["*.amazonaws.com", "*.s3.amazonaws.com", ...regional];
}

/** Signs a server certificate for `names` with the run's certificate authority. */
export async function serverCertificate(names: readonly string[]): Promise<Certificate> {
  const [key, request, extensions, cert] = ["tls.key", "tls.csr", "tls.ext", "tls.pem"].map((name) => place.file(name));
  const alternatives = names.map((name) => `DNS:${name}`).join(",");
  await writeFile(extensions as string, `subjectAltName=${alternatives}\nbasicConstraints=CA:FALSE\n`);
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  await run("openssl", [
    "req",
    ...curve,
    "-subj",
    "/CN=local region",
    "-keyout",
    key as string,
    "-out",
    request as string,
  ]);
  const authority = ["-CA", place.file("ca.pem"), "-CAkey", place.file("ca.key"), "-CAcreateserial"];
  const signing = ["x509", "-req", "-in", request as string, ...authority, "-days", "2"];
  await run("openssl", [...signing, "-extfile", extensions as string, "-out", cert as string]);
  return { key: await readFile(key as string), cert: await readFile(cert as string) };
}
