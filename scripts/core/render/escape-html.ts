/** Text of strangers inside HTML, in text and in quoted attributes: visible, on one line, and never markup. */
import { visibleText } from './visible-text.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** `bdi` or `dir="auto"` around it keeps right-to-left names from reordering what stands beside them. */
export function escapeHtml(text: string): string {
  return visibleText(text).replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
}
