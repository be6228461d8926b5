import { positiveInteger, refuse } from "../../protocol/options.ts";

/** What all keys of one shard begin with: the braces keep them in one hash slot of a cluster. */
export type ShardName = string;

/**
 * Names the keys of a store: which shard a log is in, and what its parts are called there.
 *
 * A log is a stream (`log`), what is known of it (`meta`), its lease (`lease`), and what its publishers have published
 * (`publishers`). A shard has an index for each owner (`owner`), and one stream of what all processes are told (`control`).
 */
export class RedisKeys {
  readonly #prefix: string;
  readonly #shards: number;

  constructor(prefix: string, shards: number) {
    if (typeof prefix !== "string" || !/^[^{}]+$/.test(prefix)) {
      refuse("prefix", "text without braces", prefix);
    }
    this.#prefix = prefix;
    this.#shards = positiveInteger("shards", shards);
  }

  get shards(): ShardName[] {
    return Array.from({ length: this.#shards }, (_, shard) => this.#name(shard));
  }

  shardOf(streamId: string): ShardName {
    // FNV-1a: any hash will do that every process agrees on.
    let hash = 0x811c9dc5;
    for (let at = 0; at < streamId.length; at += 1) {
      hash = Math.imul(hash ^ streamId.charCodeAt(at), 0x01000193);
    }
    return this.#name((hash >>> 0) % this.#shards);
  }

  /** The stream of a log. */
  logOf(streamId: string): string {
    return `${this.shardOf(streamId)}:log:${streamId}`;
  }

  #name(shard: number): ShardName {
    return `{${this.#prefix}:${shard}}`;
  }
}
