import { describe, expect, it } from "vitest";
import type { Receipt } from "../api/types";
import { pdfPath, unsettled } from "./documents";

const receipt = (state: Receipt["payment"]["state"], document: Receipt["document"]) =>
  ({ payment: { state }, document }) as Receipt;

describe("a receipt", () => {
  it("is asked for again until it is paid and has its number", () => {
    expect(unsettled(receipt("pending", { id: "1", number: "2026-000001" }))).toBe(true);
    expect(unsettled(receipt("captured", { id: "1", number: null }))).toBe(true);
    expect(unsettled(receipt("captured", { id: "1", number: "2026-000001" }))).toBe(false);
  });

  it("has no document when nothing was to pay", () => {
    expect(unsettled(receipt("none", null))).toBe(false);
  });
});

it("a document's PDF has its own address", () => {
  expect(pdfPath("42")).toBe("/v1/documents/42/pdf");
});
