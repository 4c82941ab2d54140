(() => {
  const found = [];
  const visible = (e) => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length > 0;
  const all = (selector) => Array.from(document.querySelectorAll(selector)).filter(visible);
  const name = (e) => (e.getAttribute("aria-label") || e.textContent || e.title || "").trim() ||
    Array.from(e.querySelectorAll("img"), (i) => i.alt).join("");
  const show = (e) => e.outerHTML.slice(0, 120).replace(/\s+/g, " ");

  if (!document.documentElement.lang) found.push("the page names no language");
  if (all("main").length !== 1) found.push("the page needs exactly one main part");
  if (all("h1").length !== 1) found.push("the page needs exactly one h1, it has " + all("h1").length);

  document.querySelectorAll("img").forEach((i) => { if (!i.alt.trim()) found.push("picture without a text: " + show(i)); });
  all("button, a[href], summary").forEach((e) => { if (!name(e)) found.push("control without a name: " + show(e)); });
  all("input:not([type=hidden]), select, textarea").forEach((e) => {
    if (!e.labels.length && !e.getAttribute("aria-label")) found.push("input without a label: " + show(e));
  });
  document.querySelectorAll("[aria-labelledby], [aria-describedby]").forEach((e) => {
    for (const attribute of ["aria-labelledby", "aria-describedby"]) {
      for (const id of (e.getAttribute(attribute) || "").split(/\s+/).filter(Boolean)) {
        if (!document.getElementById(id)) found.push(attribute + " points nowhere: " + id);
      }
    }
  });
  const ids = new Set();
  document.querySelectorAll("[id]").forEach((e) => {
    if (ids.has(e.id)) found.push("id used twice: " + e.id);
    ids.add(e.id);
  });

  let level = 0;
  all("h1, h2, h3, h4, h5, h6").forEach((h) => {
    const now = Number(h.tagName[1]);
    if (now > level + 1) found.push("heading skips from " + level + " to " + now + ": " + show(h));
    level = now;
  });

  // Colours are read back from a canvas, which understands every notation.
  const pen = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
  const over = (below, colour) => {
    pen.fillStyle = "rgb(" + below.join() + ")";
    pen.fillRect(0, 0, 1, 1);
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 1, 1);
    return Array.from(pen.getImageData(0, 0, 1, 1).data.slice(0, 3));
  };
  const ground = (e) => (e ? over(ground(e.parentElement), getComputedStyle(e).backgroundColor) : [255, 255, 255]);
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => {
    const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (high + 0.05) / (low + 0.05);
  };
  const said = new Set();
  all("body *").forEach((e) => {
    const text = Array.from(e.childNodes).some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!text || e.closest(".sr, svg, option") || e.getClientRects()[0].width <= 1) return;
    const behind = ground(e);
    const ratio = contrast(over(behind, getComputedStyle(e).color), behind);
    if (ratio < 4.5 && !said.has(e.className + e.tagName)) {
      said.add(e.className + e.tagName);
      found.push("text too faint, " + ratio.toFixed(2) + ":1: " + show(e));
    }
  });

  if (innerWidth <= 480) {
    all("button:not(.as-link), select, textarea, summary, .choice, .places a, .brand, a.button").forEach((e) => {
      const box = e.getBoundingClientRect();
      if (box.width > 1 && (box.height < 43.5 || box.width < 43.5)) {
        found.push("target too small, " + Math.round(box.width) + " × " + Math.round(box.height) + ": " + show(e));
      }
    });
  }
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 0) {
    const culprit = all("body *").findLast((e) => Math.round(e.getBoundingClientRect().right) >= innerWidth + wide);
    found.push("the page is " + wide + " px wider than the window" + (culprit ? ": " + show(culprit) : ""));
  }
  return found;
})()
