import { useState } from "preact/hooks";
import type { EventKind, StackView } from "../cli/page/model";
import { ago } from "./time";

/** As many as one reads without being asked for more. */
const FIRST = 12;
const SHAPES: Readonly<Record<EventKind, string>> = {
  release: "▲",
  withdrawal: "▼",
  settings: "✎",
  scale: "⇅",
  replacement: "⇄",
  alarm: "!",
  hold: "‖",
  verdict: "◆",
  recall: "↶",
};

/** What happened in a stack, the newest first. */
export function Timeline({ view }: { readonly view: StackView }) {
  const [all, setAll] = useState(false);
  const shown = all ? view.timeline : view.timeline.slice(0, FIRST);
  if (view.timeline.length === 0) return null;
  return (
    <section class="timeline" aria-label={`what happened in ${view.stack}`}>
      <h3>What happened</h3>
      <ol>
        {shown.map((event) => (
          <li key={`${event.at} ${event.kind} ${event.group} ${event.text}`} class={event.kind}>
            <time dateTime={event.at} title={event.at}>
              {ago(event.at, view.at)}
            </time>
            <span>
              <i aria-hidden="true">{SHAPES[event.kind]}</i> {event.group === "" ? null : <b>{event.group}: </b>}
              {event.text}
              {event.reason === "" ? null : <small> {event.reason.split("\n", 1)[0]}</small>}
            </span>
          </li>
        ))}
      </ol>
      {view.timeline.length > FIRST ? (
        <button type="button" class="plain" onClick={() => setAll(!all)}>
          {all ? "show the newest alone" : `show all ${view.timeline.length}`}
        </button>
      ) : null}
    </section>
  );
}
