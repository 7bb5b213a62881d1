import { useState } from "preact/hooks";
import type { StatusRow } from "../cli/fleet/status";
import type { StackView } from "../cli/page/model";
import { Facts, Indexes, Rollout } from "./facts";
import { OrderButton } from "./orders";
import { Tiles } from "./tiles";
import { Timeline } from "./timeline";
import { Marks } from "./versions";

interface Props {
  readonly view: StackView;
  /** Opens a host: `<group>/<instance>`. */
  readonly open: (stack: string, key: string) => void;
}

/** One stack: its groups, what holds for them, and what happened. */
export function Stack({ view, open }: Props) {
  return (
    <section class="stack" data-stack={view.stack} aria-labelledby={`stack-${view.stack}`}>
      <h2 id={`stack-${view.stack}`}>
        {view.stack} <small>{view.region}</small>
      </h2>
      <Indexes view={view} />
      <div class="groups">
        {view.groups
          .filter(({ group }) => !view.absentGroups.includes(group))
          .map(({ group }) => (
            <Group key={group} view={view} name={group} open={(key) => open(view.stack, key)} />
          ))}
      </div>
      <Timeline view={view} />
    </section>
  );
}

interface GroupProps {
  readonly view: StackView;
  readonly name: string;
  readonly open: (key: string) => void;
}

function Group({ view, name, open }: GroupProps) {
  const [marks] = useState(() => new Marks());
  const rows = view.rows.filter((row) => row.group === name);
  const group = view.groups.find((one) => one.group === name);
  const size = view.sizes.find((one) => one.group === name);
  const place = `${name} of ${view.stack}`;
  const markOf = marks.of([...rows, ...view.gone.filter((one) => one.group === name)]);
  return (
    <section class="group" data-group={name} aria-label={place}>
      <h3>
        {name}
        {size === undefined ? null : (
          <small>
            {" "}
            {rows.length} of {size.desired} wanted, {size.min} to {size.max}
          </small>
        )}
      </h3>
      <Targets view={view} name={name} />
      <p class="orders">
        {group?.held ? (
          <OrderButton order={{ action: "resume", stack: view.stack, group: name }} label="Resume" of={place} />
        ) : (
          <OrderButton order={{ action: "hold", stack: view.stack, group: name }} label="Hold" of={place} />
        )}
        <OrderButton order={{ action: "nudge", stack: view.stack, group: name }} label="Nudge" of={place} />
      </p>
      <Legend rows={rows} markOf={markOf} />
      <Tiles {...{ view, group: name, rows, markOf, open }} />
      {view.rollouts
        .filter((rollout) => rollout.group === name)
        .map((rollout) => (
          <Rollout key={`${rollout.package} ${rollout.version}`} rollout={rollout} place={place} now={view.at} />
        ))}
      {group === undefined ? null : <Facts group={group} stack={view.stack} place={place} now={view.at} />}
    </section>
  );
}

/** How many targets are how, in the load balancer's words. */
function Targets({ view, name }: { readonly view: StackView; readonly name: string }) {
  const own = Object.entries(view.targets ?? {}).filter(([key]) => key.startsWith(`${name}/`));
  if (own.length === 0) return null;
  const counts = Map.groupBy(own, ([, state]) => state);
  const said = [...counts].map(([state, all]) => `${all.length} ${state}`).join(", ");
  return <p class="targets">load balancer: {said}</p>;
}

interface LegendProps {
  readonly rows: readonly StatusRow[];
  readonly markOf: (row: StatusRow) => { readonly label: string; readonly letter: string; readonly colour: string };
}

function Legend({ rows, markOf }: LegendProps) {
  const counts = Map.groupBy(rows, (row) => markOf(row).letter);
  return (
    <ul class="legend">
      {[...counts.values()].map((same) => {
        const { label, letter, colour } = markOf(same[0] as StatusRow);
        return (
          <li key={letter}>
            <span class={`swatch ${colour}`} aria-hidden="true">
              {letter}
            </span>{" "}
            {label} × {same.length}
          </li>
        );
      })}
    </ul>
  );
}
