import type { Receipt } from "../api/types";

/** Where the service gives a document as PDF; the browser shows it with the session's cookie. */
export function pdfPath(document_id: string): string {
  return `/v1/documents/${document_id}/pdf`;
}

/** Whether a receipt will soon say more: the payment is under way, or its number is still to be given. */
export function unsettled(receipt: Receipt): boolean {
  return receipt.payment.state === "pending" || receipt.document?.number === null;
}
