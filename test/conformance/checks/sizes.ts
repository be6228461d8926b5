// Around the sizes of usual buffers, and far above them.
import { same, type Check } from "../bench.ts";

const BYTES = [
  1, 128, 512, 1023, 1024, 1025, 2048, 3999, 4094, 4096, 4098, 6144, 8189, 8192, 8195, 12_288,
  16_384, 32_768, 65_536, 262_144, 1_048_576, 5_242_880, 10_485_760,
];

export const sizes: Check[] = BYTES.map((bytes) => ({
  name: `an event of ${bytes} bytes is held back or cut`,
  async run(bench) {
    const said = await bench.hear({});
    await said.until("open");
    // Nothing follows it: what waits for more waits in vain.
    await said.stream.send(`data: ${"x".repeat(bytes)}\n\n`);
    const { data } = await said.until("message");
    same((data as string).length, bytes, "the length");
    same(/^x*$/.test(data as string), true, "that it is whole");
  },
}));
