import { useMemo } from "preact/hooks";
import type { PageModel } from "../cli/page/model";
import { pipelineOf, type Stop, type Way } from "../cli/page/pipeline";
import { OrderButton } from "./orders";

/** The way of releases: from the commit through the stacks. */
export function Pipeline({ model }: { readonly model: PageModel }) {
  const ways = useMemo(() => pipelineOf(model.stacks), [model.stacks]);
  if (ways.length === 0) return null;
  return (
    <section aria-labelledby="pipeline">
      <h2 id="pipeline">What is where</h2>
      <table class="pipeline">
        <thead>
          <tr>
            <th scope="col">version</th>
            <th scope="col">commit</th>
            {model.stacks.map(({ stack }) => (
              <th key={stack} scope="col">
                → {stack}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {ways.map((way) => (
            <tr key={`${way.package} ${way.version}`} data-way={`${way.package}=${way.version}`}>
              <th scope="row">
                {way.package} {way.version}
              </th>
              <td>
                <Commit {...way} />
              </td>
              {way.stops.map((stop, place) => (
                <td key={stop.stack} class={stop.verdict}>
                  {stopText(stop)} <StopOrders way={way} stop={stop} before={way.stops[place - 1]} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface StopProps {
  readonly way: Way;
  readonly stop: Stop;
  /** In the stack before; undefined of the first. */
  readonly before: Stop | undefined;
}

/** What one may order of a version in a stack: what the command would refuse anyway is not offered. */
function StopOrders({ way, stop, before }: StopProps) {
  const { stack } = stop;
  const release = `${way.package}=${way.version}`;
  const of = `${release} in ${stack}`;
  if (stop.state === "absent" && before?.state === "listed" && before.verdict === "ok")
    return (
      <OrderButton
        order={{ action: "promote", stack, release, from: before.stack }}
        label="Promote"
        of={`${release} to ${stack}`}
      />
    );
  if (stop.state !== "listed") return null;
  return (
    <>
      {stop.verdict === "bad" ? null : (
        <OrderButton order={{ action: "reject", stack, release }} label="Reject" of={of} />
      )}{" "}
      {stop.newest ? (
        <OrderButton order={{ action: "rollback", stack, package: way.package }} label="Roll back" of={of} />
      ) : null}
    </>
  );
}

function Commit({ commit, buildUrl }: Pick<Way, "commit" | "buildUrl">) {
  const text = commit?.slice(0, 7) ?? (buildUrl === null ? "" : "build");
  const address = safeAddress(buildUrl);
  return address === undefined ? text : <a href={address}>{text}</a>;
}

function stopText({ state, hosts, of, verdict }: Stop): string {
  if (state === "absent" && hosts === 0) return "–";
  const found = verdict === "" ? "" : verdict === "ok" ? " ✓ ok" : " ✕ bad";
  const said = state === "listed" || state === "absent" ? "" : `, ${state}`;
  return `${hosts} of ${of}${found}${said}`;
}

/** Whoever publishes writes the address: a script is none. */
function safeAddress(text: string | null): string | undefined {
  return text !== null && URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) ? text : undefined;
}
