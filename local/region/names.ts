import { writeFile } from "node:fs/promises";
import type { Afterwards } from "./calls";
import { place } from "./place";

/** Cloud Map's names, as the VPC's resolver has them: moto keeps services and instances, and no DNS. */
export class Names {
  private readonly namespaces = new Map<string, string>();
  private readonly services = new Map<string, string>();
  /** Addresses by name and instance. */
  private readonly hosts = new Map<string, Map<string, string>>();
  private writing: Promise<void> = Promise.resolve();

  /** @param reload has the resolver read the file again */
  constructor(
    private readonly reload: () => void,
    private readonly file = place.file("names"),
  ) {}

  addNamespace(id: string, domain: string): void {
    this.namespaces.set(id, domain);
  }

  /** @throws Error when there is no such namespace. */
  addService(id: string, name: string, namespace: string): void {
    const domain = this.namespaces.get(namespace);
    if (domain === undefined) throw new Error(`no namespace has the id ${namespace}`);
    this.services.set(id, `${name}.${domain}`);
  }

  /** Follows what moto has registered or deregistered, before the caller is answered. */
  readonly afterwards: Afterwards = async ({ action, json = {} }, reply) => {
    const name = this.services.get(String(json.ServiceId));
    if (name === undefined) return reply;
    const known = this.hosts.get(name) ?? new Map<string, string>();
    this.hosts.set(name, known);
    if (action === "RegisterInstance") {
      known.set(String(json.InstanceId), String((json.Attributes as Record<string, string>).AWS_INSTANCE_IPV4));
    } else if (action === "DeregisterInstance") {
      known.delete(String(json.InstanceId));
    } else return reply;
    this.writing = this.writing.then(() => this.write());
    await this.writing;
    return reply;
  };

  private async write(): Promise<void> {
    const lines = [...this.hosts].flatMap(([name, addresses]) =>
      [...addresses.values()].map((each) => `${each} ${name}\n`),
    );
    await writeFile(this.file, lines.join(""));
    this.reload();
  }
}
