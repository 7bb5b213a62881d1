import { RunError } from "@pulumi/pulumi";
import { OWN_PACKAGES } from "./config";
import { renderEnvironment } from "./host-environment";

/** EC2's limit on user data before it is encoded, in bytes. */
const LIMIT = 16 * 1024;

/** Where a group's own script lies on its hosts. */
const OWN_SCRIPT = "/usr/local/sbin/towline-own";

export interface UserDataValues {
  /** Variables of `/etc/towline/host.env`. */
  readonly environment: Readonly<Record<string, string>>;
  /** Armored public key of the repository. */
  readonly signingKey: string;
  /** The same of the channels its group follows one of; undefined where there is none, or that key signs them too. */
  readonly channelsKey?: string | undefined;
  /** `userdata/install.sh`, which runs on first boot. */
  readonly installScript: string;
  /** A script of the group's own, which runs after that. */
  readonly ownScript?: string | undefined;
}

interface WrittenFile {
  readonly path: string;
  readonly permissions: string;
  readonly content: string;
}

/**
 * Renders the user data of an instance: a cloud-config document (https://cloudinit.readthedocs.io, `write_files` and
 * `runcmd`) that holds values only. JSON is YAML, so no value is ever quoted by hand or passes through a shell.
 *
 * @throws RunError, in one sentence that Pulumi shows as it is, when the result exceeds EC2's 16 KB
 */
export function renderUserData(values: UserDataValues): string {
  const files: readonly WrittenFile[] = [
    { path: "/etc/towline/host.env", permissions: "0644", content: renderEnvironment(values.environment) },
    { path: "/etc/apt/keyrings/towline.asc", permissions: "0644", content: values.signingKey },
    ...(values.channelsKey === undefined
      ? []
      : [{ path: "/etc/apt/keyrings/towline-channels.asc", permissions: "0644", content: values.channelsKey }]),
    { path: "/etc/apt/sources.list.d/towline.sources", permissions: "0644", content: aptSource(values.environment) },
    { path: "/etc/apt/preferences.d/towline", permissions: "0644", content: aptPreference(values.environment) },
    { path: "/usr/local/sbin/towline-install", permissions: "0755", content: values.installScript },
    ...(values.ownScript === undefined ? [] : [{ path: OWN_SCRIPT, permissions: "0755", content: values.ownScript }]),
  ];
  const runcmd = [["/usr/local/sbin/towline-install"], ...(values.ownScript === undefined ? [] : [[OWN_SCRIPT]])];
  const config = { write_files: files, runcmd };
  const rendered = `#cloud-config\n${JSON.stringify(config, null, 1)}\n`;

  const size = Buffer.byteLength(rendered);
  if (size > LIMIT) {
    const parts = files.map(({ path, content }) => `${path} ${Buffer.byteLength(content)}`).join(", ");
    throw new RunError(
      `The user data has ${size} bytes, and EC2 takes at most ${LIMIT}. Make one of its files shorter: ${parts}.`,
    );
  }
  return rendered;
}

/** The stack's repository as an apt source (sources.list(5), deb822 style) for apt-transport-s3. */
function aptSource(environment: UserDataValues["environment"]): string {
  const fields = {
    Types: "deb",
    URIs: `s3://${environment.TOWLINE_BUCKET}/`,
    Suites: environment.TOWLINE_SUITE,
    Components: environment.TOWLINE_COMPONENT,
    Architectures: environment.TOWLINE_ARCHITECTURE,
    "Signed-By": "/etc/apt/keyrings/towline.asc",
  };
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join("");
}

/**
 * The packages of the host's group win over Debian's of the same name, even over newer ones; of what else the repository holds, a host takes
 * what they need and Debian lacks. So whoever publishes one group's app does not replace libc6 or another group's tools (apt_preferences(5)).
 */
export function aptPreference(environment: UserDataValues["environment"]): string {
  const pin = `Pin: origin "${environment.TOWLINE_BUCKET}"\n`;
  const named = [...new Set([...OWN_PACKAGES, ...(environment.TOWLINE_PACKAGES ?? "").split(" ").filter(Boolean)])];
  return `Package: ${named.join(" ")}\n${pin}Pin-Priority: 1001\n\nPackage: *\n${pin}Pin-Priority: 100\n`;
}
