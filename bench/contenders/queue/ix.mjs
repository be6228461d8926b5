export default {
  role: "peer",
  title: "ix AsyncSink",
  packages: ["ix"],
  docs: "https://reactivex.io/IxJS/classes/asynciterable.asyncsink.html",
  scenarios: ["burst", "pingpong", "backlog"],
  async load() {
    const { AsyncSink } = await import("ix/asynciterable");
    return {
      open() {
        const items = new AsyncSink();
        return { push: (item) => items.write(item), close: () => items.end(), items };
      },
    };
  },
};
