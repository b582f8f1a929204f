// Sums and told values as people read them.
function money(text, language) {
  const amount = Number(text);
  if (!Number.isFinite(amount)) return String(text);
  if (language === "en") return `RMB ${amount.toLocaleString("en-US", { maximumFractionDigits: 2 })}`;
  const units = language === "zh-Hant" ? [[1e8, "億元"], [1e4, "萬元"]] : [[1e8, "亿元"], [1e4, "万元"]];
  for (const [size, unit] of units) {
    if (amount >= size) return `${(amount / size).toLocaleString("en-US", { maximumFractionDigits: 4, useGrouping: false })}${unit}`;
  }
  return `${amount.toLocaleString("en-US", { maximumFractionDigits: 2 })}元`;
}

// A fact's value in words: choices and yes or no by their label, bare figures with their unit.
function factText(definition, value, language, say) {
  if (!definition) return value;
  if (definition.type === "yesno") {
    if (/^(是|true|yes|有)$/i.test(value)) return say("yes");
    return /^(否|false|no|没有|无)$/i.test(value) ? say("no") : value;
  }
  if (definition.type === "choice") {
    const named = (part) => definition.options.find((option) => option.value === part)?.[language] ?? part;
    return value.split("、").map(named).join(language === "en" ? ", " : "、");
  }
  if (!/^-?\d+(\.\d+)?$/.test(value)) return value;
  if (definition.type === "money") return money(value, language);
  return `${value}${definition.type === "percent" ? "%" : definition.unit ?? ""}`;
}

function factLabel(definition, key, language) {
  return definition?.label[language] ?? definition?.label.zh ?? key;
}
