import { tryTool } from "../tool";
import { machineRelease } from "./release";

/** How this machine's apt reaches Debian. */
export interface AptSettings {
  /** The archives of Debian that apt is configured with; none where it has none, as on Ubuntu. */
  readonly archives: readonly Archive[];
  /** Lines of an apt.conf: proxies, certificates, retries, logins. They may hold secrets. */
  readonly options: readonly string[];
}

interface Archive {
  readonly uri: string;
  /** What follows the release's name in a source entry. */
  readonly suffix: "" | "-updates" | "-security";
}

const TARGETS = "$(REPO_URI)\t$(RELEASE)\t$(COMPONENT)\t$(ORIGIN)\t$(CREATED_BY)";
/** Of `Acquire`, what says how to fetch rather than what. */
const FETCHING = /^Acquire::(https?|ftp|Retries|Check-|ForceIPv|Max-ValidTime|AllowInsecure)/i;

/** Reads what apt on this machine is configured with. */
export async function readAptSettings(): Promise<AptSettings> {
  const targets = await tryTool("apt-get", ["indextargets", "--format", TARGETS]);
  const config = await tryTool("apt-config", ["dump"]);
  const codename = (await machineRelease()) ?? "";
  return { archives: debianArchives(targets.stdout, codename), options: fetchOptions(config.stdout) };
}

/**
 * Debian's archives among apt's index targets.
 * @param targets as `TARGETS` has them, one a line
 * @param codename of this machine's own release, which stands for the one that is wanted
 */
export function debianArchives(targets: string, codename: string): Archive[] {
  const found = targets.split("\n").flatMap((line) => {
    const [uri = "", release = "", component, origin = "", kind] = line.split("\t");
    const suffix = release.slice(codename.length);
    const ours = release.startsWith(codename) && (suffix === "" || suffix === "-updates" || suffix === "-security");
    if (codename === "" || kind !== "Packages" || component !== "main" || !ours) return [];
    return isDebian(uri, origin) ? [{ uri, suffix } as const] : [];
  });
  return found.filter(
    (one, index) => found.findIndex(({ uri, suffix }) => uri === one.uri && suffix === one.suffix) === index,
  );
}

/** By what its index says, else, where apt has fetched none yet, by its address. */
function isDebian(uri: string, origin: string): boolean {
  if (!origin.startsWith("$(") && origin !== "") return origin === "Debian";
  return /\/debian(-security)?\/?$/.test(uri) && !/\/linux\/debian\/?$/.test(uri);
}

/** The lines of `apt-config dump` that say how to fetch, and where logins lie. */
export function fetchOptions(dump: string): string[] {
  const lines = dump.split("\n").filter((line) => FETCHING.test(line) && !/ "";$/.test(line));
  // By their full path: what makes the root looks below the root otherwise.
  return [...lines, 'Dir::Etc::netrc "/etc/apt/auth.conf";', 'Dir::Etc::netrcparts "/etc/apt/auth.conf.d";'];
}
