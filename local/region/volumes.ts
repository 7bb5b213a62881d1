import { type FileHandle, mkdir, open } from "node:fs/promises";
import type { Host } from "./host";
import { place } from "./place";
import { run } from "./shell";

/** Where an instance finds a volume, as on a Nitro instance: by the id of the volume, without its hyphen. */
function deviceName(volume: string): string {
  return `/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${volume.replace("-", "")}`;
}

interface Attachment {
  readonly instance: string;
  readonly host: Host;
  readonly loop: FileHandle;
}

/** EBS: each volume a sparse file, which appears as a block device in the one instance it is attached to. */
export class Volumes {
  private readonly attachments = new Map<string, Attachment>();

  /** @param size GiB */
  async create(id: string, size: number): Promise<void> {
    await mkdir(place.file("volumes"), { recursive: true });
    const file = await open(this.file(id), "wx", 0o600);
    await file.truncate(size * 1024 ** 3);
    await file.close();
  }

  /** The instance that has a volume; undefined where none does. */
  holder(id: string): string | undefined {
    return this.attachments.get(id)?.instance;
  }

  /** Ids of an instance's volumes. */
  of(instance: string): string[] {
    return [...this.attachments].filter(([, held]) => held.instance === instance).map(([id]) => id);
  }

  /** @throws Error when another instance has it: moto would not mind. */
  async attach(id: string, instance: string, host: Host): Promise<void> {
    if (this.attachments.has(id)) throw new Error(`${id} is already attached to ${this.holder(id)}`);
    const device = (await run("losetup", ["--find", "--show", this.file(id)])).trim();
    const loop = await open(device, "r");
    // The kernel frees the device with its last user: this process, or the file system, however they end.
    await run("losetup", ["--detach", device]);
    this.attachments.set(id, { instance, host, loop });
    const numbers = (await run("stat", ["--format=%Hr %Lr", device])).trim().split(" ");
    const appear = async () => {
      if (this.attachments.get(id)?.host !== host) return;
      await host.exec("mkdir", "-p", "/dev/disk/by-id");
      await host.exec("mknod", "-m", "0660", deviceName(id), "b", ...numbers);
    };
    await appear();
    host.onReboot(appear);
  }

  /** Takes a volume from its instance. Of one that is off nothing is left to take it from. */
  async detach(id: string, running: boolean): Promise<void> {
    const held = this.attachments.get(id);
    if (!held) return;
    if (running) await held.host.exec("rm", "-f", deviceName(id));
    await held.loop.close();
    this.attachments.delete(id);
  }

  private file(id: string): string {
    return place.file("volumes", id);
  }
}
