import { readChange } from "./change";
import { type GroupInstance, type Host, plan, servingInstances } from "./plan";

/** What the registry asks of AWS. */
export interface Cloud {
  /** The Auto Scaling group of an instance; undefined where it is in none. */
  groupOf(instance: string): Promise<string | undefined>;
  instancesOf(group: string): Promise<readonly GroupInstance[]>;
  /** Private addresses of instances; those that are gone are left out. */
  addressesOf(instances: readonly string[]): Promise<readonly Host[]>;
  registered(service: string): Promise<readonly Host[]>;
  register(service: string, host: Host): Promise<void>;
  deregister(service: string, instance: string): Promise<void>;
}

/**
 * Makes the hosts under a group's name those that serve, whatever was missed before: an event only says which group to look at, and
 * which of its instances is known better than Auto Scaling may tell yet.
 *
 * @param services service of Cloud Map by name of the Auto Scaling group
 * @throws the cloud's error, so that the event is tried again
 */
export async function follow(
  event: unknown,
  services: Readonly<Record<string, string>>,
  cloud: Cloud,
  say: (line: string) => void,
): Promise<void> {
  const change = readChange(event);
  if (change === undefined) return;
  const group = change.group ?? (await cloud.groupOf(change.instance));
  const service = group === undefined ? undefined : services[group];
  if (group === undefined || service === undefined) return;

  const serving = servingInstances(await cloud.instancesOf(group), change);
  const hosts = serving.length === 0 ? [] : await cloud.addressesOf(serving);
  const { register, deregister } = plan(hosts, await cloud.registered(service));
  for (const instance of deregister) {
    await cloud.deregister(service, instance);
    say(`${group}: ${instance} has no name any more`);
  }
  for (const host of register) {
    await cloud.register(service, host);
    say(`${group}: ${host.id} is found at ${host.address}`);
  }
}
