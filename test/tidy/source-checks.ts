import ts from "typescript";

/** Something that style.md's rules forbid and no other tool sees. */
export interface Complaint {
  readonly path: string;
  readonly code: ComplaintCode;
  readonly detail: string;
}

export type ComplaintCode =
  | "file-name"
  | "long-file"
  | "long-function"
  | "async-core"
  | "unfinished"
  | "barrel"
  | "inheritance"
  | "import-extension"
  | "hidden-kind";

const fileLineCountMax = 400;
const functionLineCountMax = 70;
const bannedNames = ["utils", "util", "helpers", "helper", "common", "misc", "shared", "types", "index", "constants"];
const unfinishedWords = new RegExp(`\\b(?:${["TO", "FIX"].map((start, at) => start + ["DO", "ME"][at]).join("|")})\\b`);

type Report = (code: ComplaintCode, detail: string) => void;

/** Every complaint about one file. `path` is relative to the repository, with `/`. */
export function checkSource(path: string, text: string): readonly Complaint[] {
  const complaints: Complaint[] = [];
  const report: Report = (code, detail) => complaints.push({ path, code, detail });
  checkName(path, report);
  checkText(text, report);
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
  checkBarrel(path, source, report);
  visit(source, (node) => {
    checkFunctionLength(path, source, node, report);
    if (path.startsWith("src/core/")) checkSynchronous(node, report);
    checkInheritance(source, node, report);
    checkImportExtension(node, report);
    if (path.startsWith("src/")) checkKinds(source, node, report);
  });
  return complaints;
}

function visit(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node);
  ts.forEachChild(node, (child) => visit(child, see));
}

function checkName(path: string, report: Report): void {
  const file = path.slice(path.lastIndexOf("/") + 1);
  const [name = ""] = file.split(".");
  if (bannedNames.includes(name)) report("file-name", `${name} says nothing of what is in it`);
  const parts = path.split("/");
  for (const part of parts.slice(0, -1)) if (bannedNames.includes(part)) report("file-name", `${part} is no room`);
  if (!/^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.(?:test|bench|config))?\.(?:ts|mts|mjs)$/.test(file)) {
    report("file-name", `${file} is no kebab-case name`);
  }
}

function checkText(text: string, report: Report): void {
  const lineCount = text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
  if (lineCount > fileLineCountMax) report("long-file", `${lineCount} lines, at most ${fileLineCountMax}`);
  for (const [index, line] of text.split("\n").entries()) {
    if (unfinishedWords.test(line)) report("unfinished", `line ${index + 1}: open work is an issue, not a comment`);
  }
}

/**
 * A function's own lines: those of the functions inside it count for them. So an adapter, which is a function that gives
 * an object of methods, is judged by its parts. In tests only declared functions count: a `describe` holds its tables.
 */
function checkFunctionLength(path: string, source: ts.SourceFile, node: ts.Node, report: Report): void {
  if (!ts.isFunctionLike(node)) return;
  if (path.startsWith("test/") && !ts.isFunctionDeclaration(node)) return;
  const { line: first } = source.getLineAndCharacterOfPosition(node.getStart(source));
  let lineCount = linesOf(source, node);
  const subtractInner = (inner: ts.Node): void => {
    if (ts.isFunctionLike(inner)) lineCount -= linesOf(source, inner) - 1;
    else ts.forEachChild(inner, subtractInner);
  };
  ts.forEachChild(node, subtractInner);
  if (lineCount > functionLineCountMax) {
    report("long-function", `line ${first + 1}: ${lineCount} lines of its own, at most ${functionLineCountMax}`);
  }
}

function linesOf(source: ts.SourceFile, node: ts.Node): number {
  const { line: first } = source.getLineAndCharacterOfPosition(node.getStart(source));
  const { line: last } = source.getLineAndCharacterOfPosition(node.getEnd());
  return last - first + 1;
}

function checkSynchronous(node: ts.Node, report: Report): void {
  if (node.kind === ts.SyntaxKind.AsyncKeyword) report("async-core", "async");
  if (ts.isAwaitExpression(node)) report("async-core", "await");
  if (ts.isIdentifier(node) && ["Promise", "PromiseLike", "AsyncIterable"].includes(node.text)) {
    report("async-core", node.text);
  }
}

/** A module that only passes on what other modules export. */
function checkBarrel(path: string, source: ts.SourceFile, report: Report): void {
  if (!path.startsWith("src/") || source.statements.length === 0) return;
  const isPassing = (statement: ts.Statement) =>
    ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined;
  if (source.statements.every(isPassing)) report("barrel", "it only passes on what other files export");
}

function checkInheritance(source: ts.SourceFile, node: ts.Node, report: Report): void {
  if (!ts.isHeritageClause(node) || node.token !== ts.SyntaxKind.ExtendsKeyword) return;
  if (!ts.isClassLike(node.parent)) return;
  for (const type of node.types) {
    const name = type.expression.getText(source);
    if (!name.endsWith("Error")) report("inheritance", `extends ${name}`);
  }
}

function checkImportExtension(node: ts.Node, report: Report): void {
  if (!ts.isImportDeclaration(node) && !ts.isExportDeclaration(node)) return;
  const specifier = node.moduleSpecifier;
  if (specifier === undefined || !ts.isStringLiteral(specifier) || !specifier.text.startsWith(".")) return;
  if (!/\.(?:ts|mjs|json)$/.test(specifier.text)) report("import-extension", specifier.text);
}

/**
 * A `default` in a switch over a tag hides the kind that somebody adds later. Over `typeof`, a string or a character it
 * is right, which oxlint's rule cannot tell apart; so the rule lets every `default` pass and this one does not.
 */
function checkKinds(source: ts.SourceFile, node: ts.Node, report: Report): void {
  if (!ts.isSwitchStatement(node)) return;
  const subject = node.expression.getText(source);
  if (!/(?:^|\.)kind$/.test(subject)) return;
  if (node.caseBlock.clauses.some(ts.isDefaultClause)) report("hidden-kind", `switch (${subject}) has a default`);
}

/** True where the file exports something that exists at run time and holds a function with a body: it has something to test. */
export function holdsLogic(path: string, text: string): boolean {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
  let hasBody = false;
  visit(source, (node) => {
    if (ts.isFunctionLike(node) && "body" in node && node.body !== undefined) hasBody = true;
  });
  return hasBody && source.statements.some(isRuntimeExport);
}

function isRuntimeExport(statement: ts.Statement): boolean {
  if (ts.isExportDeclaration(statement)) return !statement.isTypeOnly;
  if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) return false;
  if (!ts.canHaveModifiers(statement)) return false;
  const modifiers = ts.getModifiers(statement) ?? [];
  const isDeclared = modifiers.some(({ kind }) => kind === ts.SyntaxKind.DeclareKeyword);
  return !isDeclared && modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
}

/**
 * Files of `src/core` that hold logic and have no test in the mirrored place: `src/core/time/watermark.ts` wants
 * `test/core/time/watermark.test.ts`, or a test in that folder or below it that imports the file itself.
 */
export function filesWithoutTest(files: ReadonlyMap<string, string>): readonly string[] {
  const tests = [...files].filter(([path]) => path.startsWith("test/core/") && path.endsWith(".test.ts"));
  return [...files.keys()].filter((path) => {
    if (!path.startsWith("src/core/") || !holdsLogic(path, files.get(path) ?? "")) return false;
    const mirror = path.replace(/^src\//, "test/").replace(/\.ts$/, ".test.ts");
    if (files.has(mirror)) return false;
    const folder = mirror.slice(0, mirror.lastIndexOf("/") + 1);
    return !tests.some(([test, text]) => test.startsWith(folder) && text.includes(`/${path}"`));
  });
}
