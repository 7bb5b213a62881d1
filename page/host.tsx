import { useEffect, useState } from "preact/hooks";
import { hostState } from "../cli/page/host-state";
import type { HostDetail, StackView } from "../cli/page/model";
import { Dialog } from "./dialog";
import { Log } from "./facts";
import { metaOf } from "./feed";
import { ago, span } from "./time";

interface Props {
  readonly view: StackView;
  /** `<group>/<instance>`. */
  readonly host: string;
  readonly close: () => void;
}

/** One host, in a dialog. */
export function Host({ view, host, close }: Props) {
  const row = view.rows.find((one) => `${one.group}/${one.instance}` === host);
  const [, instance = ""] = host.split("/");
  const [why, ...log] = (row?.error ?? "").split("\n");
  return (
    <Dialog name="host" title={instance} close={close}>
      {row === undefined ? (
        <p>This host is gone.</p>
      ) : (
        <>
          <dl>
            <dt>state</dt>
            <dd>
              {hostState(row)} ({row.lifecycle}, {row.state ?? "has not reported"}, {row.health}
              {view.targets?.[host] === undefined ? "" : `, target ${view.targets[host]}`})
            </dd>
            <dt>since</dt>
            <dd>{row.since === null ? "–" : `${row.since} (${ago(row.since, view.at)})`}</dd>
            <dt>reported</dt>
            <dd>{row.reported === null ? "never" : `${row.reported} (${ago(row.reported, view.at)})`}</dd>
            {row.waiting === null ? null : (
              <>
                <dt>waits</dt>
                <dd>
                  with {row.waiting.package} {row.waiting.version} since {row.waiting.since}: {row.waiting.reason}
                </dd>
              </>
            )}
            <dt>versions</dt>
            <dd>
              <ul>
                {Object.entries(row.packages).map(([name, version]) => (
                  <li key={name}>
                    {name} {version}
                  </li>
                ))}
              </ul>
            </dd>
            {why ? (
              <>
                <dt>last error</dt>
                <dd>{why}</dd>
              </>
            ) : null}
          </dl>
          {log.length === 0 ? null : <Log title={`last lines of the log of ${instance}`} text={log.join("\n")} />}
          <Detail view={view} host={host} />
          <Console view={view} instance={instance} />
        </>
      )}
    </Dialog>
  );
}

/** What its old reports tell; the server alone has them. */
function Detail({ view, host }: { readonly view: StackView; readonly host: string }) {
  const [detail, setDetail] = useState<HostDetail | string>("");
  const reported = view.rows.find((one) => `${one.group}/${one.instance}` === host)?.reported;
  useEffect(() => {
    if (metaOf("feed") !== "live") return;
    const [group = "", instance = ""] = host.split("/");
    const query = new URLSearchParams({ stack: view.stack, group, instance });
    fetch(`host.json?${query}`)
      .then(async (answer) => setDetail(answer.ok ? ((await answer.json()) as HostDetail) : await answer.text()))
      .catch(() => setDetail("its reports cannot be read now"));
  }, [host, view.stack, reported]);
  if (typeof detail === "string") return detail === "" ? null : <p>{detail}</p>;
  return (
    <>
      <h3>Steps</h3>
      <ol class="steps">
        {detail.steps.map(({ at, what, seconds }) => (
          <li key={at}>
            {what}: {seconds === null ? "now" : span(seconds * 1000)} <small>{at}</small>
          </li>
        ))}
      </ol>
      <h3>Last reports</h3>
      <ol class="steps">
        {detail.reports.slice(0, 8).map((report, place) => (
          <li key={`${report.at} ${place}`}>
            <small>{report.at}</small> {report.state}, {report.health},{" "}
            {Object.entries(report.packages)
              .map(([name, version]) => `${name} ${version}`)
              .join(", ")}
            {report.error === "" ? null : <>: {report.error.split("\n", 1)[0]}</>}
          </li>
        ))}
      </ol>
    </>
  );
}

const CONSOLES: readonly (readonly [RegExp, string])[] = [
  [/^cn-/, "console.amazonaws.cn"],
  [/^us-gov-/, "console.amazonaws-us-gov.com"],
  [/^eusc-/, "console.amazonaws-eusc.eu"],
  [/^us-iso/, ""],
  [/./, "console.aws.amazon.com"],
];

function Console({ view: { region }, instance }: { readonly view: StackView; readonly instance: string }) {
  const domain = CONSOLES.find(([regions]) => regions.test(region))?.[1];
  if (!domain || !/^i-[0-9a-f]+$/.test(instance)) return null;
  return (
    <p>
      <a href={`https://${domain}/ec2/home?region=${region}#InstanceDetails:instanceId=${instance}`} rel="noreferrer">
        In AWS's console
      </a>
    </p>
  );
}
