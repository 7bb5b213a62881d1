import { parse, YAMLParseError } from "yaml";
import { z } from "zod";
import { InputError } from "../errors";
import { requireFreeName } from "./reserved-names";
import { RIGHTS, type Right } from "./sandbox";
import { writableFault } from "./writable-path";

/** What towline.yaml may say about an app. */
export interface Manifest {
  readonly name: string;
  readonly description: string;
  readonly maintainer: string;
  /** Debian packages the app needs, as in the control field Depends: `python3` or `libpq5 (>= 15)`; undefined when unsaid. */
  readonly depends: readonly string[] | undefined;
  readonly architecture: "all" | "amd64" | "arm64";
  /** Shell lines that build the app, instead of those its files call for. */
  readonly build: readonly string[] | undefined;
  /** Debian packages that the build needs beyond those of its toolchains. */
  readonly buildDepends: readonly string[];
  /** Paths beyond an app's own that its `make install` may write to. */
  readonly paths: readonly string[];
  /** Whether systemd listens for the process `web` and hands it the socket. */
  readonly socket: boolean;
  /** The first port of the app's first process. */
  readonly port: number;
  /** Whether its processes get the credentials of the host's role; undefined when unsaid, which means no. */
  readonly role: boolean | undefined;
  /** What its processes may beyond those of others. */
  readonly sandbox: { readonly writable: readonly string[]; readonly allow: readonly Right[] };
}

// The name is also part of the account's and of unit names: the common ground of deb-control(5) and useradd(8).
const NAME = /^[a-z][a-z0-9-]{1,30}$/;
const ONE = String.raw`[a-z0-9][a-z0-9+.-]+(:[a-z0-9-]+)?( \((<<|<=|=|>=|>>) [A-Za-z0-9.+~:-]+\))?`;
const PACKAGE = /^[a-z0-9][a-z0-9+.-]+$/;
const PATH = /^(\/(?!\.\.?(\/|$))[^/\0]+)+$/;
const RELATION = new RegExp(`^${ONE}( \\| ${ONE})*$`);
const MAINTAINER = /^[^<>\n]+ <[^<>\s]+@[^<>\s]+>$/;

const PORT = "must be a whole number from 1 to 65535, such as 7000";
const RIGHT = `must be one of ${RIGHTS.join(", ")}`;
const writablePath = z.string("must be a path such as /srv/data").superRefine((path, context) => {
  const fault = writableFault(path);
  if (fault !== undefined) context.addIssue({ code: "custom", message: fault });
});
const shellLine = z.string().regex(/^[^\0]*\S[^\0]*$/, "must be a shell command");

const schema = z.strictObject({
  name: z.string().regex(NAME, "must be 2 to 31 lower-case letters, digits and '-', a letter first").optional(),
  description: z.string().regex(/\S/, "must not be empty").optional(),
  maintainer: z.string().regex(MAINTAINER, "must look like 'Name <name@example.org>'").optional(),
  depends: z
    .array(z.string().regex(RELATION, "must be a Debian package such as 'python3' or 'libpq5 (>= 15)'"))
    .optional(),
  architecture: z.enum(["all", "amd64", "arm64"]).optional(),
  build: z
    .union([shellLine.transform((line) => [line]), z.array(shellLine)], {
      error: "must be a shell command or a list of them",
    })
    .optional(),
  buildDepends: z
    .array(z.string().regex(PACKAGE, "must be the name of a Debian package such as 'libpq-dev'"))
    .optional(),
  paths: z
    .array(z.string().regex(PATH, "must be an absolute path without '..', such as '/etc/nginx/conf.d/shop.conf'"))
    .optional(),
  socket: z.boolean("must be true or false").optional(),
  port: z.int(PORT).min(1, PORT).max(65535, PORT).optional(),
  role: z.boolean("must be true or false").optional(),
  sandbox: z
    .strictObject(
      {
        writable: z.array(writablePath, "must be a list of paths such as [/srv/data]").optional(),
        allow: z.array(z.enum(RIGHTS, RIGHT), `must be a list of ${RIGHTS.join(", ")}`).optional(),
      },
      { error: (issue) => (issue.code === "invalid_type" ? "must be a map such as {allow: [jit]}" : undefined) },
    )
    .optional(),
});

/**
 * Reads towline.yaml and fills in the defaults.
 * @param path only for messages
 * @param text undefined when there is no such file
 * @param folder name of the app's folder, of which the default of `name` is made
 * @throws InputError naming each wrong key, the value given and what is allowed.
 */
export function parseManifest(path: string, text: string | undefined, folder: string): Manifest {
  const raw: unknown = text === undefined ? {} : (parseYaml(path, text) ?? {});
  const result = schema.safeParse(raw);
  if (!result.success)
    throw new InputError(`${path}: ${result.error.issues.map((issue) => explain(issue, raw)).join("; ")}`);
  const name = result.data.name ?? nameOf(folder);
  if (!NAME.test(name)) {
    throw new InputError(
      `${path}: the folder's name '${folder}' cannot name a package (2 to 31 lower-case letters, digits and '-', ` +
        "a letter first); set 'name' in towline.yaml",
    );
  }
  requireFreeName(path, name);
  return {
    name,
    description: result.data.description ?? `${name} and what runs it`,
    // A domain that never exists (RFC 2606): nobody gets mail meant for somebody else.
    maintainer: result.data.maintainer ?? `${name} <${name}@packages.invalid>`,
    depends: result.data.depends,
    architecture: result.data.architecture ?? "amd64",
    build: result.data.build,
    buildDepends: result.data.buildDepends ?? [],
    paths: result.data.paths ?? [],
    socket: result.data.socket ?? false,
    port: result.data.port ?? 6000,
    role: result.data.role,
    sandbox: { writable: result.data.sandbox?.writable ?? [], allow: result.data.sandbox?.allow ?? [] },
  };
}

/** As a person would write it, of `my_app` or `Shop.js`. What else a folder may hold, such as the `@2` of a second workspace of Jenkins, stays a fault. */
function nameOf(folder: string): string {
  return folder.toLowerCase().replaceAll(/[._ -]+/g, "-");
}

function parseYaml(path: string, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    throw new InputError(`${path}: is not YAML: ${error.message.split("\n")[0]}`);
  }
}

function explain(issue: z.core.$ZodIssue, raw: unknown): string {
  if (issue.code === "unrecognized_keys") {
    const allowed = issue.path.length === 0 ? Object.keys(schema.shape) : ["writable", "allow"];
    const place = issue.path.map((key) => `${String(key)}: `).join("");
    return `${place}unknown key '${issue.keys.join("', '")}'; allowed are ${allowed.join(", ")}`;
  }
  const given = issue.path.reduce<unknown>((value, key) => (isRecord(value) ? value[String(key)] : undefined), raw);
  const where = issue.path.length === 0 ? "" : `${issue.path.join("/")}: `;
  return `${where}${issue.message}, but is ${JSON.stringify(given)}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
