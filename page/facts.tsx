import type { GroupStatus, Refusal, Saying } from "../cli/fleet/group-status";
import type { RolloutView, StackView } from "../cli/page/model";
import { OrderButton } from "./orders";
import { ago } from "./time";

interface Where {
  /** The group and its stack, in words. */
  readonly place: string;
  /** The moment of the look. */
  readonly now: string;
}

/** What is on its way through a group: who tries it, who is out, who waits, how far it is. */
export function Rollout({ rollout, place, now }: { readonly rollout: RolloutView } & Where) {
  const { package: name, version, phase, canary, done, total, out, waiting, stopped, expected } = rollout;
  return (
    <section class="rollout" aria-label={`${name} ${version} on its way in ${place}`}>
      <h4>
        {name} {version} <span class="phase">{phase}</span>
      </h4>
      <progress value={done} max={total} aria-label={`hosts that run ${name} ${version}`} />
      <p>
        {done} of {total} hosts
        {canary === "" ? null : <>, {canary} tries it first</>}
        {expected === null ? null : <>, expected to end {ago(expected, now)}</>}
      </p>
      {stopped === "" ? null : <p class="stopped">stopped: {stopped}</p>}
      {out.length === 0 ? null : <p>out: {out.join(", ")}</p>}
      {waiting.length === 0 ? null : <p>waits: {some(waiting)}</p>}
    </section>
  );
}

/** What holds for a group. */
export function Facts({ group, stack, place, now }: { readonly group: GroupStatus; readonly stack: string } & Where) {
  const retry = (one: { readonly package: string; readonly version: string }) => {
    const release = `${one.package}=${one.version}`;
    return <OrderButton order={{ action: "retry", stack, release }} label="Retry" of={`${release} in ${place}`} />;
  };
  return (
    <ul class="facts">
      {group.held ? (
        <Fact word="held" log={`why ${place} is held`} now={now} saying={group.held}>
          hosts take nothing new
        </Fact>
      ) : null}
      {group.frozenUntil ? (
        <li class="fact">
          <b class="word">frozen</b> until {group.frozenUntil} ({ago(group.frozenUntil, now)})
        </li>
      ) : null}
      {group.alarms.map((alarm) => (
        <Fact key={alarm.name} word="alarm" log={`why ${alarm.name} is on in ${place}`} now={now} saying={alarm}>
          {alarm.name} is on
        </Fact>
      ))}
      {group.bad.map((one) => (
        <Fact
          key={`${one.package} ${one.version}`}
          word="bad"
          log={`log of ${one.package} ${one.version} in ${place}`}
          now={now}
          saying={one}
          order={retry(one)}
        >
          {named(one)}
        </Fact>
      ))}
      {group.recalled.map((one) => (
        <Fact
          key={`${one.package} ${one.version}`}
          word="recalled"
          log={`why ${one.package} ${one.version} is recalled in ${place}`}
          now={now}
          saying={one}
          order={retry(one)}
        >
          {named(one)}
        </Fact>
      ))}
      {group.slots.map(({ slot, instance, expired, since, package: name, version }) => (
        <li key={slot} class="fact">
          <b class="word">slot {slot}</b> {instance} for {name} {version}, {ago(since, now)}
          {expired ? ", not renewed in time" : ""}
        </li>
      ))}
      {group.silent.length === 0 ? null : (
        <li class="fact">
          <b class="word">silent</b> {some(group.silent.map(({ instance }) => instance))}
        </li>
      )}
    </ul>
  );
}

/** With how many hosts say so, where any do, and whether the others go by it. */
function named({ package: name, version, believed, voices: { bad, ok, hosts } }: Refusal): string {
  const said = bad === 0 && believed ? "" : `, as ${bad} of ${hosts} hosts say`;
  return `${name} ${version}${said}${believed ? "" : `, not believed since ${ok} say ok`}`;
}

interface FactProps {
  readonly word: string;
  /** What its further lines are. */
  readonly log: string;
  readonly saying: Saying;
  readonly now: string;
  readonly order?: preact.ComponentChild;
  readonly children: preact.ComponentChildren;
}

/** The first line is why; what follows are the last lines of the app's log. */
function Fact({ word, log: title, saying, now, order, children }: FactProps) {
  const [why = "", ...log] = saying.reason.split("\n");
  const who = [saying.by, ago(saying.at, now)].filter(Boolean).join(", ");
  return (
    <li class={`fact ${word}`}>
      <b class="word">{word}</b> {children}
      {why === "" ? null : <>: {why}</>} {who === "" ? null : <small>({who})</small>} {order}
      {log.length === 0 ? null : <Log title={title} text={log.join("\n")} />}
    </li>
  );
}

/** The last lines of an app's log. */
export function Log({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is to be reached with the keyboard
    <section class="log" tabIndex={0} aria-label={title}>
      <pre>{text}</pre>
    </section>
  );
}

/** How old the index is and when hosts stop believing it; what could not be read. */
export function Indexes({ view }: { readonly view: StackView }) {
  return (
    <ul class="facts">
      {view.indexes.map(({ suite, signed, until, keyUntil }) => (
        <li key={suite} class="fact">
          <b class="word">index</b> {suite} was signed {ago(signed, view.at)}, {ends(until, view.at)}
          {keyUntil === null ? null : <>, its key {ends(keyUntil, view.at)}</>}
        </li>
      ))}
      {view.absentGroups.map((group) => (
        <li key={group} class="fact">
          <b class="word">absent</b> group {group} is not in AWS yet
        </li>
      ))}
      {view.troubles.map((trouble) => (
        <li key={trouble} class="fact trouble">
          <b class="word">not seen</b> {trouble}
        </li>
      ))}
    </ul>
  );
}

function ends(at: string, now: string): string {
  return `${Date.parse(at) < Date.parse(now) ? "ended" : "ends"} ${ago(at, now)}`;
}

/** A few names of many. */
function some(names: readonly string[]): string {
  const shown = names.slice(0, 8).join(", ");
  return names.length <= 8 ? shown : `${shown} and ${names.length - 8} more`;
}
