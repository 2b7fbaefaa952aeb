"use strict";
// The stills are already there. When a chart comes into view, plotly (packed in this page) draws it again, alive.
(() => {
  const digits = new Uint8Array(128);
  [..."0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%,()*+-;/=.?@^_`{|}~"].forEach((c, i) => { digits[c.charCodeAt(0)] = i; });
  // Base 85: every five characters are four bytes, a tenth less than base 64 takes.
  const bytes = (text) => {
    const missing = (5 - (text.length % 5)) % 5;
    const padded = text + "~".repeat(missing);
    const view = new DataView(new ArrayBuffer((padded.length / 5) * 4));
    for (let i = 0; i < padded.length; i += 5) {
      let word = 0;
      for (let j = i; j < i + 5; j++) word = word * 85 + digits[padded.charCodeAt(j)];
      view.setUint32((i / 5) * 4, word);
    }
    return new Uint8Array(view.buffer, 0, view.byteLength - missing);
  };
  const unpack = async (id) => {
    const packed = bytes(document.getElementById(id).textContent.trim());
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).text();
  };
  const themed = (text) => {
    const style = getComputedStyle(document.documentElement);
    const tokens = { "#1b1f24": "--ink", "#5a6570": "--muted", "#d9dee3": "--grid", "#ffffff": "--paper" };
    return text.replace(/"#(1b1f24|5a6570|d9dee3|ffffff)"/g, (colour) => `"${style.getPropertyValue(tokens[colour.slice(1, -1)]).trim()}"`);
  };
  let ready;
  const load = () => (ready ??= Promise.all([unpack("plotly"), unpack("figures")]).then(([code, figures]) => {
    const script = document.createElement("script");
    script.textContent = code;
    document.head.append(script);
    return JSON.parse(figures);
  }));
  const draw = async (box) => {
    const figures = await load();
    const figure = figures[box.dataset.chart];
    if (!figure || box.dataset.live) return;
    box.dataset.live = "yes";
    const { data, layout } = JSON.parse(themed(JSON.stringify(figure)));
    const canvas = document.createElement("div");
    const still = box.querySelector("svg");
    box.style.minHeight = `${box.clientHeight}px`;
    canvas.style.cssText = "left: 0; position: absolute; right: 0; top: 0; visibility: hidden";
    box.append(canvas);
    await Plotly.newPlot(canvas, data, { ...layout, autosize: true }, { responsive: true, displayModeBar: false, scrollZoom: false });
    still?.remove();
    canvas.style.cssText = "";
    box.style.minHeight = "";
    box.removeAttribute("role");
    box.setAttribute("role", "group");
  };
  if (!("DecompressionStream" in window) || !("IntersectionObserver" in window)) return;
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) { seen.unobserve(entry.target); draw(entry.target); }
  }, { rootMargin: "600px" });
  document.querySelectorAll(".drawing[data-chart]").forEach((box) => seen.observe(box));
})();
