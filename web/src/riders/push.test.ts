import { describe, expect, it } from "vitest";
import { canNotify, keyBytes, openedFrom, shownFrom, subscriptionOf } from "./push";

describe("a notification", () => {
  it("shows what was sent and opens the page it is about", () => {
    const sent = JSON.stringify({ key: "b:1", title: "Rappel", body: "À 14 h", opens: "ahead" });
    expect(shownFrom(sent)).toEqual({
      title: "Rappel",
      options: { body: "À 14 h", tag: "b:1", data: { path: "/app?open=ahead" } },
    });
    expect(openedFrom("?open=ahead")).toBe("ahead");
  });

  it("leads nowhere but into the page, and says something even when it cannot be read", () => {
    const elsewhere = shownFrom(JSON.stringify({ opens: "https://elsewhere.example" }));
    expect(elsewhere.options.data.path).toBe("/app");
    for (const broken of [null, "", "{", "null"]) expect(shownFrom(broken).title).toBe("Mobility");
    expect([openedFrom("?open=admin"), openedFrom("")]).toEqual([null, null]);
  });
});

describe("a browser", () => {
  it("is asked only where it can show notifications", () => {
    const able = { Notification: {}, PushManager: {}, navigator: { serviceWorker: {} } };
    expect(canNotify(able)).toBe(true);
    expect([{}, { ...able, navigator: {} }, { ...able, PushManager: undefined }].map(canNotify)).toEqual([
      false,
      false,
      true,
    ]);
  });

  it("reads the service's key, and hands over its own", () => {
    expect([...keyBytes("BAD_-w")]).toEqual([4, 0, 255, 251]);
    const subscription = {
      endpoint: "https://push.example/1",
      toJSON: () => ({ keys: { p256dh: "p", auth: "a" } }),
    };
    expect(subscriptionOf(subscription)).toEqual({
      endpoint: "https://push.example/1",
      keys: { p256dh: "p", auth: "a" },
    });
  });
});
