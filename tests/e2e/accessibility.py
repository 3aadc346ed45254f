"""What keeps people from reading and reaching what a page shows, found in the page itself."""

FAULTS = """() => {
    const faults = [];
    const isShown = element => element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
        && !element.closest('[aria-hidden="true"], .visually-hidden, [inert]');
    const nameOf = element => (element.getAttribute("aria-label")
        || (element.getAttribute("aria-labelledby") ?? "").split(" ").map(id => document.getElementById(id)?.textContent).join("")
        || [...(element.labels ?? [])].map(label => label.textContent).join("") || element.textContent).trim();
    const words = element => `${element.tagName.toLowerCase()}.${element.className} "${element.textContent.slice(0, 40)}"`;

    for (const element of document.querySelectorAll("button, input, select, summary, [role], section, dialog"))
        if (isShown(element) && element.getAttribute("role") !== "status" && !nameOf(element))
            faults.push(`no name: ${words(element)}`);
    const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
    for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) faults.push(`id twice: ${id}`);
    for (const element of document.querySelectorAll("article [aria-live], article [role=alert]"))
        faults.push(`read aloud at every change: ${words(element)}`);

    const parts = colour => (colour.match(/[\\d.]+/g) ?? []).map(Number);
    const light = colour => parts(colour).slice(0, 3)
        .map(part => part / 255).map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
        .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
    const groundOf = element => {
        let layers = [];
        for (let at = element; at; at = at.parentElement) {
            const { backgroundColor, backgroundImage } = getComputedStyle(at);
            if (backgroundImage !== "none") return null;
            const [r, g, b, a = 1] = parts(backgroundColor);
            layers.push([r, g, b, a]);
            if (a === 1) break;
        }
        return layers.reverse().reduce((under, [r, g, b, a]) =>
            under.map((part, i) => part * (1 - a) + [r, g, b][i] * a), [0, 0, 0]);
    };
    for (const element of document.querySelectorAll("body *")) {
        const hasText = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
        if (!hasText || !isShown(element) || element.closest(":disabled, .leaflet-container, option")) continue;
        const style = getComputedStyle(element);
        const ground = groundOf(element);
        if (ground === null) continue;
        const [a, b] = [light(style.color), light(`rgb(${ground})`)];
        const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        const size = parseFloat(style.fontSize);
        const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
        if (contrast < (isLarge ? 3 : 4.5)) faults.push(`contrast ${contrast.toFixed(1)}: ${words(element)}`);
        const box = element.getBoundingClientRect();
        if (element.closest("button") && element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0)
            faults.push(`cut off: ${words(element)}`);
        if (box.right > innerWidth + 1) faults.push(`beyond the page: ${words(element)}`);
    }
    return faults;
}"""
