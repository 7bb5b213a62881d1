/** One request of a run of curl. */
export interface Transfer {
  method: string;
  url: string;
  /** As "Name: value". */
  readonly headers: string[];
  /** Fields of --data-urlencode. */
  readonly form: string[];
  dataFile?: string;
  output?: string;
  dumpHeader?: string;
  writeOut: string;
  user?: string;
  /** What --aws-sigv4 signs for. */
  service?: string;
  retries: number;
  maxFilesize: number;
  fail: boolean;
}

type Setter = (transfer: Transfer, value: string) => void;

/** The options that the agent gives curl; those that change nothing here have no effect, and others are an error. */
const FLAGS: Readonly<Record<string, (transfer: Transfer) => void>> = {
  disable: () => undefined,
  // The stand-in looks for it among the arguments.
  "fail-early": () => undefined,
  silent: () => undefined,
  "show-error": () => undefined,
  globoff: () => undefined,
  "retry-connrefused": () => undefined,
  fail: (transfer) => {
    transfer.fail = true;
  },
};
const VALUES: Readonly<Record<string, Setter>> = {
  config: () => undefined,
  noproxy: () => undefined,
  "connect-timeout": () => undefined,
  "max-time": () => undefined,
  "retry-max-time": () => undefined,
  retry: (transfer, value) => {
    transfer.retries = Number(value);
  },
  "max-filesize": (transfer, value) => {
    transfer.maxFilesize = Number(value);
  },
  request: (transfer, value) => {
    transfer.method = value;
  },
  url: (transfer, value) => {
    transfer.url = value;
  },
  header: (transfer, value) => transfer.headers.push(value),
  "data-urlencode": (transfer, value) => transfer.form.push(value),
  "data-binary": (transfer, value) => {
    if (!value.startsWith("@")) throw new Error("--data-binary without a file");
    transfer.dataFile = value.slice(1);
  },
  output: (transfer, value) => {
    transfer.output = value;
  },
  "dump-header": (transfer, value) => {
    transfer.dumpHeader = value;
  },
  "write-out": (transfer, value) => {
    transfer.writeOut = value.replaceAll("\\n", "\n");
  },
  user: (transfer, value) => {
    transfer.user = value;
  },
  "aws-sigv4": (transfer, value) => {
    transfer.service = value;
  },
};

const empty = (): Transfer => ({
  method: "GET",
  url: "",
  headers: [],
  form: [],
  writeOut: "",
  retries: 0,
  maxFilesize: Number.POSITIVE_INFINITY,
  fail: false,
});

/**
 * The requests of one run of curl.
 * @param config the configuration on its standard input, whose "next" begins another request
 * @throws Error on an option that the agent is not known to give
 */
export function transfersOf(args: readonly string[], config: string): Transfer[] {
  const transfers = [empty()];
  const current = () => transfers[transfers.length - 1] as Transfer;
  for (const line of config.split("\n")) {
    const [, name = "", , value = ""] = /^([a-z0-9-]+)( *= *(.*))?$/.exec(line) ?? [];
    if (name === "next") transfers.push(empty());
    else if (name !== "") set(current(), name, unquoted(value));
  }
  for (let at = 0; at < args.length; at++) {
    const argument = args[at] ?? "";
    if (!argument.startsWith("--")) current().url = argument;
    else if (argument.slice(2) in FLAGS) set(current(), argument.slice(2), "");
    else set(current(), argument.slice(2), args[++at] ?? "");
  }
  return transfers;
}

function set(transfer: Transfer, name: string, value: string): void {
  const setter = FLAGS[name] ?? VALUES[name];
  if (setter === undefined) throw new Error(`curl is not expected to be given ${name}`);
  setter(transfer, value);
}

/** A value of curl's configuration file. */
function unquoted(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, (_, one) => (one === "n" ? "\n" : one)) : value;
}
