/** The part of CodeMirror that the editor uses. Fetched when the editor is first touched, as `../../vendor/codemirror.js`. */
export {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  completionStatus,
  currentCompletions,
  deleteBracketPair,
  insertBracket,
  selectedCompletionIndex,
} from "@codemirror/autocomplete";
export {
  history,
  insertNewlineAndIndent,
  invertedEffects,
  isolateHistory,
  moveLineDown,
  moveLineUp,
  redo,
  toggleComment,
  undo,
} from "@codemirror/commands";
export { pythonLanguage } from "@codemirror/lang-python";
export { bracketMatching, indentUnit, syntaxHighlighting, syntaxTree } from "@codemirror/language";
export {
  Annotation,
  EditorState,
  StateEffect,
  StateField,
  Transaction,
} from "@codemirror/state";
export {
  Decoration,
  EditorView,
  keymap,
  runScopeHandlers,
  tooltips,
  ViewPlugin,
} from "@codemirror/view";
export { tagHighlighter, tags } from "@lezer/highlight";
