import type { AddressInfo, Server } from "node:net";

/** Waits until a server listens. @returns its port. @throws Error when the address is taken or is not this machine's. */
export async function listen(server: Server, port: number, address: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, address, resolve);
  });
  return (server.address() as AddressInfo).port;
}
