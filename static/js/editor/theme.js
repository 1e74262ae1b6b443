/** How the text looks: the page's own colours, and the metrics of the textarea above it. */

import { EditorView, syntaxHighlighting, tagHighlighter, tags } from "../../vendor/codemirror.js";

const highlighter = tagHighlighter([
  { tag: [tags.number, tags.bool, tags.null], class: "number" },
  { tag: [tags.comment, tags.docString], class: "comment" },
  { tag: tags.string, class: "text" },
  { tag: [tags.keyword, tags.controlKeyword, tags.definitionKeyword], class: "keyword" },
  { tag: [tags.operator, tags.punctuation, tags.definitionOperator], class: "operator" },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], class: "function" },
]);

const theme = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "transparent" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "inherit", lineHeight: "inherit", overflow: "visible" },
  ".cm-content": { padding: "0", caretColor: "transparent" },
  ".cm-content.cm-lineWrapping": {
    whiteSpace: "pre-wrap",
    wordBreak: "normal",
    overflowWrap: "anywhere",
  },
  ".cm-line": {
    borderLeft: "4px solid transparent",
    minHeight: "var(--line)",
    padding: "0 14px 0 calc(var(--gutter) - 4px)",
    position: "relative",
  },
  ".cm-line::before": {
    color: "var(--muted)",
    content: "attr(data-line)",
    fontSize: "13px",
    left: "0",
    position: "absolute",
    textAlign: "right",
    width: "19px",
  },
  ".cm-line.forward": { background: "var(--forward-tint)", borderColor: "var(--forward)" },
  ".cm-line.local": { background: "var(--local-tint)", borderColor: "var(--ink)" },
  ".cm-line.backward": { background: "var(--gradient-tint)", borderColor: "var(--gradient)" },
  ".cm-line.judged::after": {
    content: "attr(data-judged)",
    fontSize: "13px",
    fontWeight: "700",
    position: "absolute",
    right: "6px",
  },
  ".cm-line.right::after": { color: "var(--forward)" },
  ".cm-line.wrong::after": { color: "var(--gradient)" },
  ".number": { color: "var(--forward)" },
  ".comment": { color: "var(--muted)" },
  ".operator": { color: "var(--muted)" },
  ".keyword": { fontWeight: "600" },
  ".pointed": { backgroundColor: "var(--accent-ring)", borderRadius: "3px" },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": {
    backgroundColor: "transparent",
    boxShadow: "0 0 0 1px var(--control)",
    borderRadius: "2px",
  },
  ".cm-nonmatchingBracket, &.cm-focused .cm-nonmatchingBracket": {
    backgroundColor: "transparent",
    boxShadow: "0 0 0 1px var(--gradient)",
    borderRadius: "2px",
  },
  mark: {
    background: "none",
    color: "inherit",
    textDecoration: "underline wavy var(--gradient) 1.5px",
    textDecorationSkipInk: "none",
    textUnderlineOffset: "4px",
  },
  ".cm-tooltip": {
    backgroundColor: "var(--paper)",
    border: "1px solid var(--control)",
    borderRadius: "8px",
    marginTop: "4px",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": {
    fontFamily: "var(--mono-font)",
    fontSize: "14px",
    lineHeight: "1.5",
    maxHeight: "220px",
    maxWidth: "min(440px, 90vw)",
    minWidth: "220px",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "3px 10px" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    backgroundColor: "var(--local-tint)",
    color: "var(--ink)",
  },
  ".cm-completionMatchedText": { fontWeight: "600", textDecoration: "none" },
  ".cm-completionDetail": { color: "var(--muted)", fontStyle: "normal", marginLeft: "0.6em" },
  ".cm-tooltip.cm-completionInfo": {
    borderRadius: "8px",
    fontFamily: "var(--ui-font)",
    fontSize: "13px",
    lineHeight: "1.45",
    padding: "6px 10px",
  },
});

export const looks = [theme, syntaxHighlighting(highlighter)];
