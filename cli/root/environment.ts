/** Where package managers find packages and how they get there. The machine's other settings stay its own. */
const TAKEN = [
  /^(https?|no|all)_proxy$/i,
  /^npm_config_registry$/i,
  /^(PIP|UV)_(INDEX_URL|DEFAULT_INDEX|EXTRA_INDEX_URL|DEFAULT_TIMEOUT)$/,
  /^(GOPROXY|GOSUMDB|GONOSUMDB|GONOSUMCHECK|GOFLAGS)$/,
  /^CARGO_(REGISTRIES_[A-Z0-9_]+_INDEX|SOURCE_[A-Z0-9_]+_(REGISTRY|REPLACE_WITH))$/,
];

/** A login within an address. */
const LOGIN = /\/\/[^/@\s]*@/;

const BUNDLE = "/etc/ssl/certs/ca-certificates.crt";

/** All that a step in a clean root sees of an environment. */
export interface StepEnvironment {
  readonly variables: Readonly<Record<string, string>>;
  /** Names of variables that were left out since they hold a login. */
  readonly withLogin: readonly string[];
}

/**
 * What steps see: nothing of the machine's but where packages are to be had, and none of that which holds a login.
 * @param environment the machine's
 * @param epoch seconds since 1970
 */
export function stepEnvironment(environment: NodeJS.ProcessEnv, epoch: number): StepEnvironment {
  const taken = Object.entries(environment).filter(([name, value]) => value && TAKEN.some((one) => one.test(name)));
  const open = taken.filter(([, value = ""]) => !LOGIN.test(value));
  return {
    withLogin: taken.filter((one) => !open.includes(one)).map(([name]) => name),
    variables: {
      ...Object.fromEntries(open.map(([name, value = ""]) => [name, value])),
      ...{
        PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
        HOME: "/home/build",
        USER: "build",
        LOGNAME: "build",
        SHELL: "/bin/bash",
      },
      ...{ LANG: "C.UTF-8", LC_ALL: "C.UTF-8", TZ: "UTC", SOURCE_DATE_EPOCH: String(epoch) },
      // Not every package manager goes by the system's list of its own accord.
      ...{
        NODE_EXTRA_CA_CERTS: BUNDLE,
        PIP_CERT: BUNDLE,
        SSL_CERT_FILE: BUNDLE,
        REQUESTS_CA_BUNDLE: BUNDLE,
        CARGO_HTTP_CAINFO: BUNDLE,
      },
      // Debian's own headers in the place of a download.
      npm_config_nodedir: "/usr",
      npm_config_update_notifier: "false",
    },
  };
}
