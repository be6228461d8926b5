import type { Entry } from "./log.ts";
import type { Record } from "./record.ts";
import { gapEvent } from "./record.ts";
import type { Hello, Sync, Told } from "./wire.ts";

/** A tab that is told what the leader reads. */
export interface Follower {
  /** Begins, or begins again: asks the leader, if there is one, for what this tab does not have. */
  start(): void;
  onTold(message: Told): void;
}

/** Creates the listener of a tab. It keeps `record` as the leader tells it. */
export function createFollower(
  record: Record,
  me: string,
  tell: (message: Hello) => void,
): Follower {
  let asked = 0;
  let isAsking = false;
  /** The number of the last event that this leader told, or went on from. */
  let heard = 0;

  const ask = () => {
    if (isAsking) return;
    isAsking = true;
    asked += 1;
    const { term, leader, line, position, cursor } = record;
    const { id } = cursor;
    tell({ kind: "hello", from: me, ask: asked, term, leader, line, position, id });
  };
  const take = (entry: Entry) => {
    // A leader that had less than this tab when it took over tells some of it again.
    if (!record.isNew(entry)) return;
    record.append(entry);
    record.number(heard);
  };
  const onLead = ({ term, leader, line, position, facts }: Told & { kind: "lead" }) => {
    if (term === record.term && leader === record.leader) return;
    isAsking = false;
    // One that came from nowhere cannot know how far the others are: it is told, and leads a later term.
    if (term <= record.term || line !== record.line) return ask();
    Object.assign(record, { term, leader });
    record.cursor.reconnect();
    record.setFacts(facts);
    heard = position;
    if (record.position < position) ask();
  };
  const onSync = ({ to, ask: answered, term, leader, line, position, ...told }: Sync) => {
    if (to !== me || !isAsking || answered !== asked || term < record.term) return;
    isAsking = false;
    const isOther = line !== record.line || told.isReset;
    if (isOther && record.log.end > 0) record.append({ event: { type: "reset" } });
    Object.assign(record, { term, leader, line });
    heard = position;
    const [oldest] = told.entries;
    if (told.isGap) record.append({ event: gapEvent(record.cursor.id, oldest?.id) });
    for (const entry of told.entries) if (record.isNew(entry)) record.append(entry);
    record.number(position);
    record.setFacts(told.facts);
    if (told.end) record.finish(told.end);
  };
  const onTold = (message: Told) => {
    if (record.end) return;
    if (message.kind === "lead") return onLead(message as Told & { kind: "lead" });
    if (message.kind === "sync") return onSync(message);
    const { kind, term, leader, position } = message;
    if (term < record.term) return;
    const isNext = position === heard + (kind === "event" ? 1 : 0);
    const isKnown = term === record.term && leader === record.leader;
    if (isKnown && kind === "facts") record.setFacts(message.facts);
    else if (isKnown && position <= heard && !isNext) return;
    else if (!isKnown || !isNext) ask();
    else if (isAsking) return;
    else if (kind === "end") record.finish(message.end);
    else if (kind === "event") {
      heard = position;
      take(message.entry);
    }
  };
  return {
    start() {
      isAsking = false;
      ask();
    },
    onTold,
  };
}
