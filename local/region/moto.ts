import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { MOTO_URL, place } from "./place";
import { type Daemon, service } from "./shell";
import { waitFor } from "./wait";

/** Starts moto, which answers the AWS APIs, on the region's loopback, and waits until it does. */
export async function startMoto(): Promise<Daemon> {
  const started = await service(await motoServer(), ["-H", "127.0.0.1", "-p", "5000"], place.file("moto.log"));
  await waitFor(`moto (see ${started.log})`, () => answers(`${MOTO_URL}/moto-api/`), { timeout: 60_000 });
  // Functions are run by functions.ts; moto's own way needs Docker.
  await fetch(`${MOTO_URL}/moto-api/config`, {
    method: "POST",
    body: JSON.stringify({ lambda: { use_docker: false } }),
  });
  return started;
}

async function motoServer(): Promise<string> {
  const cached = await readdir(place.cache());
  const own = cached.filter((name) => name.startsWith("moto-")).map((name) => place.cache(name, "bin", "moto_server"));
  return own.find((file) => existsSync(file)) ?? "moto_server";
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}
