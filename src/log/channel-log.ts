import { LogError } from "../protocol/errors.ts";
import { newEpoch } from "./epoch.ts";
import type { LogInfo, LogStore, Publication, Retention } from "./store.ts";

/** What stands before a channel's name in the store. */
const CHANNEL = "channel/";

/** The log of a channel: made when somebody needs it, also anew when it was not used for so long that it went. */
export class ChannelLog {
  readonly #store: LogStore;
  readonly #streamId: string;
  readonly #retention: Retention;

  constructor(store: LogStore, name: string, retention: Retention) {
    this.#store = store;
    this.#streamId = CHANNEL + name;
    this.#retention = retention;
  }

  async open(): Promise<LogInfo> {
    const log = { epoch: newEpoch(), retention: this.#retention, leaseMs: 0 };
    const { info } = await this.#store.create(this.#streamId, log);
    return info;
  }

  async publish(publication: Publication): Promise<void> {
    try {
      await this.#store.publish(this.#streamId, publication);
    } catch (error) {
      if (!(error instanceof LogError && error.code === "LOG_NOT_FOUND")) throw error;
      await this.open();
      await this.#store.publish(this.#streamId, publication);
    }
  }
}
