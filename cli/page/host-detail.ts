import { asObject, fieldsOf, textOf } from "../fleet/loose";
import type { Versions } from "../repository/versions";
import type { History } from "../rollout/event";
import { readTexts } from "../rollout/read";
import { timestamp } from "../time";
import type { HostDetail } from "./model";

/** Reports of a host that are read. */
const MOST = 30;

/** Reads a host's last reports from the old versions of its object. */
export async function readHostDetail(versions: Versions, key: string): Promise<HostDetail> {
  const found = (await versions.list(key))
    .filter(({ deleted }) => !deleted)
    .slice(0, MOST)
    .reverse();
  const texts = await readTexts(
    versions,
    found.map((one) => ({ ...one, key })),
  );
  return hostDetail({ key, versions: texts });
}

/** What the versions of a host's report say of it. */
export function hostDetail({ versions }: History): HostDetail {
  const reports = versions.map(({ at, text }) => {
    const { state, health, packages, error } = fieldsOf(text);
    const installed = Object.entries(asObject(packages) ?? {}).map(([name, version]) => [name, textOf(version)]);
    return {
      ...{ at: timestamp(at), state: textOf(state), health: textOf(health), error: textOf(error) },
      packages: Object.fromEntries(installed) as Record<string, string>,
    };
  });
  // A report that says the same again is no step.
  const begun = reports.filter((report, place) => place === 0 || stepOf(report) !== stepOf(reports[place - 1]));
  const steps = begun.map((report, place) => {
    const next = begun[place + 1];
    const seconds = next ? Math.round((Date.parse(next.at) - Date.parse(report.at)) / 1000) : null;
    return { at: report.at, what: stepOf(report), seconds };
  });
  return { steps: steps.reverse(), reports: reports.toReversed() };
}

function stepOf(report: HostDetail["reports"][number] | undefined): string {
  return report === undefined ? "" : `${report.state}, ${report.health}`;
}
