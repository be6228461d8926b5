import { onPage } from "../page.ts";

/** What a tab needs of its platform to share: without either it shares with nobody. */
export interface Platform {
  locks?: Pick<LockManager, "request"> | undefined;
  createChannel?: ((name: string) => Channel) | undefined;
}

/** The part of a `BroadcastChannel` that is used. */
export type Channel = Pick<BroadcastChannel, "postMessage" | "close" | "addEventListener"> & {
  /** Node's: a stream that is over keeps no process alive. */
  unref?: () => void;
};

export interface SeatListener {
  /** The tab is heard and hears. */
  onSeated: () => void;
  /** The connection is this tab's to hold. */
  onLead: () => void;
  /** It is not any more. */
  onUnlead: () => void;
  onMessage: (data: unknown) => void;
}

/** A tab's place among those of the same name. */
export interface Seat {
  /** Takes the place. */
  sit(): void;
  post(message: unknown): void;
  /** Gives the place up for good. */
  leave(): void;
  /** Nothing more will come. */
  unref(): void;
}

/**
 * Creates a tab's place among those of the same name. One of them leads: who holds the lock. A page that is in the
 * browser's cache, or frozen, has no place and nothing piles up for it; it takes one again when it goes on.
 *
 * @see https://w3c.github.io/web-locks/
 * @see https://wicg.github.io/page-lifecycle/
 */
export function createSeat(
  name: string,
  { locks, createChannel }: Platform,
  { onSeated, onLead, onUnlead, onMessage }: SeatListener,
): Seat {
  let channel: Channel | undefined;
  /** Gives up the lock, or the wait for it. */
  let letGo: (() => void) | undefined;

  const closeChannel = () => {
    channel?.close();
    channel = undefined;
  };
  /** There is nobody to share with: the tab has a connection of its own. */
  const sitAlone = async () => {
    const own = () => {};
    letGo = own;
    // In a turn of its own, as elsewhere: who leaves at once has opened nothing.
    await undefined;
    if (letGo === own) onLead();
  };
  const sit = () => {
    if (letGo) return;
    channel = locks && createChannel?.(name);
    if (!locks || !channel) return void sitAlone();
    const own = channel;
    // What was on its way when the place was given up is not for this tab any more.
    own.addEventListener("message", ({ data }) => own === channel && onMessage(data));
    const waiting = new AbortController();
    let state: "waiting" | "leading" | "gone" = "waiting";
    let release: (() => void) | undefined;
    letGo = () => {
      state = "gone";
      release?.();
      waiting.abort();
    };
    const hold = () => {
      if (state === "gone") return undefined;
      state = "leading";
      onLead();
      return new Promise<void>((resolve) => {
        release = resolve;
      });
    };
    const lose = () => {
      if (state === "gone") return;
      const wasLeading = state === "leading";
      stand();
      // Somebody took the lock by force: this tab queues again. Or the platform gives none out here.
      if (wasLeading) sit();
      else void sitAlone();
    };
    onSeated();
    locks.request(name, { signal: waiting.signal }, hold).catch(lose);
  };
  const stand = () => {
    if (!letGo) return;
    onUnlead();
    letGo();
    letGo = undefined;
    closeChannel();
  };

  const forget = [
    onPage(["pagehide", "freeze"], stand),
    onPage(["resume"], sit),
    onPage(["pageshow"], (event) => (event as PageTransitionEvent).persisted && sit()),
  ];
  return {
    sit,
    // eslint-disable-next-line unicorn/require-post-message-target-origin -- a channel has one origin: its own
    post: (message) => channel?.postMessage(message),
    leave() {
      for (const each of forget) each();
      stand();
    },
    unref: () => channel?.unref?.(),
  };
}
