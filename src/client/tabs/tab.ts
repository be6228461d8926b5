import type { EventSet } from "../../protocol/define.ts";
import type { EventListener } from "../event-stream.ts";
import type { Link } from "../link.ts";
import { createFollower } from "./follow.ts";
import type { Leader, Open } from "./lead.ts";
import { newName, startLeading } from "./lead.ts";
import { createTabLink } from "./link.ts";
import { createRecord } from "./record.ts";
import type { Platform } from "./seat.ts";
import { createSeat } from "./seat.ts";
import { fromPosted, toPosted } from "./wire.ts";
import type { Message } from "./wire.ts";

export interface TabParts<Set extends EventSet> extends Platform {
  name: string;
  open: Open<Set>;
  /** How many events are kept. */
  backlog: number;
  /** Nobody here reads any more. */
  onLeft?: (() => void) | undefined;
}

/** One tab's share of a stream: any number of readers here, and the tabs of the same name elsewhere. */
export interface Tab {
  /** A reader of this tab. `leave` gives up its share, once. */
  createReader(told: EventListener): { link: Link; leave: () => void };
  /** Where the stream can be read again, once that is known. */
  url(): string | undefined;
}

/** Creates a tab's share. The first reader takes a seat, the last gives it up. */
export function createTab<Set extends EventSet>({
  name,
  open,
  backlog,
  onLeft,
  ...platform
}: TabParts<Set>): Tab {
  const record = createRecord(backlog);
  let readers = 0;
  let leader: Leader | undefined;

  const me = newName();
  const tell = (message: Message) => seat.post(toPosted(message));
  const follower = createFollower(record, me, tell);
  const leave = () => {
    seat.leave();
    onLeft?.();
  };
  const seat = createSeat(name, platform, {
    onSeated: () => follower.start(),
    onLead() {
      leader = startLeading(record, me, open, { tell, onAborted: leave });
    },
    onUnlead() {
      leader?.stop();
      leader = undefined;
    },
    onMessage(data) {
      const message = fromPosted(data);
      if (!message) return;
      if (message.kind === "hello") leader?.onHello(message);
      else if (!leader) follower.onTold(message);
    },
  });
  record.watch(() => record.end && seat.unref());
  return {
    url: () => record.facts.url,
    createReader(told) {
      readers += 1;
      if (readers === 1) seat.sit();
      let hasLeft = false;
      const leaveOnce = () => {
        if (hasLeft) return;
        hasLeft = true;
        readers -= 1;
        if (readers === 0) leave();
      };
      return { link: createTabLink(record, told, leaveOnce), leave: leaveOnce };
    },
  };
}
