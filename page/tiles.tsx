import { useRef } from "preact/hooks";
import type { StatusRow } from "../cli/fleet/status";
import { type HostState, hostState } from "../cli/page/host-state";
import type { StackView } from "../cli/page/model";
import type { Mark } from "./versions";

/** Shapes beside the colours: nobody needs to see these to know how a host is. */
export const SHAPES: Readonly<Record<HostState, string>> = {
  "in service": "●",
  booting: "◔",
  leaving: "➔",
  upgrading: "↻",
  back: "↩",
  stuck: "■",
  silent: "?",
  unhealthy: "✕",
  unknown: "…",
  terminated: "†",
};

/** With more hosts than these a tile has room for its letter and its shape alone. */
const LARGE = 40;

interface Props {
  readonly view: StackView;
  readonly group: string;
  readonly rows: readonly StatusRow[];
  readonly markOf: (row: Pick<StatusRow, "packages">) => Mark;
  readonly open: (key: string) => void;
}

/** The hosts of a group. Arrow keys go from one to the next, Enter opens one. */
export function Tiles({ view, group, rows, markOf, open }: Props) {
  const list = useRef<HTMLUListElement>(null);
  const move = (event: KeyboardEvent) => {
    const tiles = [...(list.current?.querySelectorAll<HTMLButtonElement>("button") ?? [])];
    const place = tiles.indexOf(document.activeElement as HTMLButtonElement);
    const next = tiles[target(event.key, place, tiles)];
    if (place < 0 || next === undefined) return;
    event.preventDefault();
    next.focus();
  };
  const gone = view.gone.filter((one) => one.group === group);
  const compact = rows.length > LARGE;
  return (
    <ul ref={list} class={compact ? "tiles compact" : "tiles"} onKeyDown={move} aria-label={`hosts of ${group}`}>
      {rows.map((row, place) => (
        <li key={row.instance}>
          <Tile {...{ row, compact, open, mark: markOf(row), first: place === 0, waits: row.waiting !== null }} />
        </li>
      ))}
      {gone.map(({ instance, packages }) => (
        <li key={instance}>
          <span class={`tile ${markOf({ packages }).colour} terminated`} title={`${instance} is gone`}>
            <b>{markOf({ packages }).letter}</b>
            <i aria-hidden="true">{SHAPES.terminated}</i>
            <span class={compact ? "unseen" : "id"}>{short(instance)} is gone</span>
          </span>
        </li>
      ))}
    </ul>
  );
}

interface TileProps {
  readonly row: StatusRow;
  readonly mark: Mark;
  readonly compact: boolean;
  readonly first: boolean;
  readonly waits: boolean;
  readonly open: (key: string) => void;
}

function Tile({ row, mark, compact, first, waits, open }: TileProps) {
  const state = hostState(row);
  const shown = waits ? `${state}, waits` : state;
  return (
    <button
      type="button"
      class={`tile ${mark.colour} ${state.replace(" ", "-")}${waits ? " waits" : ""}`}
      data-host={`${row.group}/${row.instance}`}
      data-state={state}
      tabIndex={first ? 0 : -1}
      title={`${row.instance}: ${shown}, ${mark.label}`}
      onClick={() => open(`${row.group}/${row.instance}`)}
    >
      <b>{mark.letter}</b>
      <i aria-hidden="true">{SHAPES[state]}</i>
      {compact ? null : (
        <span class="id">
          {short(row.instance)}
          <br />
          {shown}
        </span>
      )}
      <span class="unseen">
        {compact ? `${row.instance}, ${shown}, ${mark.label}` : `, ${row.instance}, ${mark.label}`}
      </span>
    </button>
  );
}

function short(instance: string): string {
  return instance.length > 9 ? `…${instance.slice(-6)}` : instance;
}

/** Where a key leads; up and down go to the tile in the row above or below. */
function target(key: string, place: number, tiles: readonly HTMLElement[]): number {
  const top = (one: number) => tiles[one]?.offsetTop ?? 0;
  const columns = tiles.filter(({ offsetTop }) => offsetTop === top(0)).length;
  switch (key) {
    case "ArrowRight":
      return place + 1;
    case "ArrowLeft":
      return place - 1;
    case "ArrowDown":
      return Math.min(place + columns, tiles.length - 1);
    case "ArrowUp":
      return Math.max(place - columns, 0);
    case "Home":
      return 0;
    case "End":
      return tiles.length - 1;
    default:
      return -1;
  }
}
