// One programme's verdict as a card: the sum with its arithmetic, the window, each condition with the clause behind it.
const MARKS = { met: "✓", unmet: "✗", unknown: "?" };

function counted(findings, say) {
  return ["met", "unmet", "unknown"]
    .map((outcome) => [outcome, findings.filter((f) => f.outcome === outcome).length])
    .filter(([, n]) => n)
    .map(([outcome, n]) => say("counted", { word: say(outcome), n }))
    .join(" · ");
}

// Whether anything was judged: a question that tells nothing of a firm leaves every condition open.
function isJudged(assessment) {
  return assessment.programme_id && (assessment.amount != null || assessment.findings.some((f) => f.outcome !== "unknown"));
}

// The verdict of the one programme an answer is about: outcome, sum, window.
function leadLine(assessment, language) {
  const say = labelsIn(language);
  const line = verdictLine(assessment, say);
  if (assessment.amount != null) line.append(make("span", {}, make("span", { class: "small" }, `${say("at_most")} `), make("span", { class: "sum" }, money(assessment.amount, language))));
  line.append(windowBadge(assessment.window, say));
  return line;
}

// How the conditions came out, in one line.
function verdictLine(assessment, say) {
  const { outcome, findings } = assessment;
  const n = findings.filter((f) => f.outcome === outcome).length;
  const text = outcome === "met" ? say("verdict_met") : n ? say(`verdict_${outcome}`, { n }) : say("verdict_plain");
  return make(
    "p",
    { class: `verdict ${outcome}` },
    make("span", { class: "sign", "aria-hidden": "true" }, MARKS[outcome]),
    make("span", {}, make("strong", {}, say(outcome)), ` · ${text}`),
  );
}

function windowBadge(window, say) {
  const days = window.from || window.to ? ` ${window.from ?? ""}～${window.to ?? ""}` : "";
  const tone = { open: "met", closed: "warn", upcoming: "", unknown: "" }[window.state];
  return make("span", { class: `tag window ${tone}` }, `${say(`window_${window.state}`)}${days}`);
}

// `cite(number)` gives the button of a citation, or null where it is not among the answer's.
function findingCard(assessment, language, cite, alone) {
  const say = labelsIn(language);
  const conditions = assessment.findings;
  return make(
    "section",
    { class: "card", "aria-label": assessment.title },
    make("h3", {}, tongues(assessment.title, language)),
    make(
      "p",
      { class: "row" },
      assessment.region && make("span", { class: "tag" }, tongues(assessment.region, language)),
      assessment.programme_id ? windowBadge(assessment.window, say) : make("span", { class: "tag" }, say("by_clause")),
      assessment.draft && make("span", { class: "tag warn" }, say("paper_draft")),
      ["secondary", "unverified"].includes(assessment.confidence) && make("span", { class: "tag warn" }, say(assessment.confidence)),
    ),
    !alone && isJudged(assessment) && verdictLine(assessment, say),
    assessment.amount != null && amountOf(assessment, language, say),
    conditions.length > 0 && conditionList(conditions, language, cite, alone && isJudged(assessment)),
  );
}

function amountOf(assessment, language, say) {
  return make(
    "div",
    { class: "amount" },
    make("p", {}, make("span", { class: "small" }, `${say("at_most")} `), make("strong", {}, money(assessment.amount, language))),
    assessment.working && make("p", { class: "working" }, make("span", { class: "unseen" }, `${say("working")}：`), tongues(assessment.working, language)),
    make("p", { class: "small" }, say("not_promised")),
  );
}

function conditionList(findings, language, cite, open) {
  const say = labelsIn(language);
  const order = { unmet: 0, unknown: 1, met: 2 };
  const sorted = [...findings].sort((a, b) => order[a.outcome] - order[b.outcome]);
  return make(
    "details",
    { class: "conditions", open },
    make("summary", {}, make("span", { class: "arrow", "aria-hidden": "true" }), `${say("conditions")} `, make("span", { class: "small" }, counted(findings, say))),
    make(
      "ul",
      {},
      sorted.map((finding) =>
        make(
          "li",
          { class: finding.outcome },
          make("span", { class: "sign", "aria-hidden": "true" }, MARKS[finding.outcome]),
          make("span", { class: "unseen" }, `${say(finding.outcome)}：`),
          make("span", { class: "what" }, tongues(finding.condition, language), finding.citation != null && cite(finding.citation)),
        ),
      ),
    ),
  );
}
