(function () {
  "use strict";
  const root = document.documentElement;
  const flights = JSON.parse(document.getElementById("tracks").textContent);
  const slider = document.getElementById("clock");
  const output = document.getElementById("clock-text");
  const play = document.getElementById("play");

  document.getElementById("language").addEventListener("click", () => {
    root.dataset.lang = root.lang = root.dataset.lang === "zh" ? "en" : "zh";
  });
  document.getElementById("print").addEventListener("click", () => window.print());

  const zero = document.getElementById("tracks").dataset.zero;
  const text = (seconds) => {
    const s = Math.round(seconds), pad = (n) => String(n).padStart(2, "0");
    if (zero !== undefined) {
      const day = (s + Math.round(Number(zero))) % 86400;
      return [Math.floor(day / 3600), Math.floor(day / 60) % 60, day % 60].map(pad).join(":");
    }
    const clock = `${Math.floor(s / 60) % 60}:${pad(s % 60)}`;
    return s < 3600 ? clock : `${Math.floor(s / 3600)}:${pad(Math.floor(s / 60) % 60)}:${pad(s % 60)}`;
  };
  // A track is a row of [time, distance, latitude, longitude, altitude].
  const at = (track, time) => {
    let low = 0, high = track.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (track[middle][0] <= time) low = middle; else high = middle;
    }
    const a = track[low], b = track[Math.min(high, track.length - 1)];
    const share = b[0] > a[0] ? Math.min(1, Math.max(0, (time - a[0]) / (b[0] - a[0]))) : 1;
    return a.map((value, place) => value + share * (b[place] - value));
  };

  const map = window[document.getElementById("tracks").dataset.map];
  const mix = (colours, share) => {
    const place = share * (colours.length - 1), n = Math.min(Math.floor(place), colours.length - 2);
    if (n < 0) return colours[0];
    const part = (colour, k) => parseInt(colour.slice(1 + 2 * k, 3 + 2 * k), 16);
    const of = (k) => Math.round(part(colours[n], k) + (place - n) * (part(colours[n + 1], k) - part(colours[n], k)));
    return `rgb(${of(0)},${of(1)},${of(2)})`;
  };
  const PIECES = 120, MANY = 4;
  const draw = (flight) => {
    const track = flight.track, last = track[track.length - 1][0];
    L.polyline(track.map((p) => [p[2], p[3]]), { color: "#fff", weight: 5.5, opacity: 0.9, interactive: false }).addTo(map);
    let next = 0;
    for (let n = 0; n < PIECES; n++) {
      const from = last * n / PIECES, to = last * (n + 1) / PIECES;
      const line = [at(track, from)];
      while (next < track.length && track[next][0] <= from) next++;
      while (next < track.length && track[next][0] < to) line.push(track[next++]);
      line.push(at(track, to));
      const color = mix(flight.colours, (n + 0.5) / PIECES);
      L.polyline(line.map((p) => [p[2], p[3]]), { color, weight: 3, interactive: false }).addTo(map);
    }
    flight.places.forEach(([lat, lon, number, chinese, english]) => {
      const words = document.createElement("span");
      words.append(`${number} `);
      Object.entries({ zh: chinese, en: english }).forEach(([lang, text]) => {
        words.append(Object.assign(document.createElement("span"), { lang, textContent: text }));
      });
      words.append(` · ${lat.toFixed(7)}, ${lon.toFixed(7)}`);
      const look = { radius: flights.length > MANY ? 2 : 3, color: "#1b262c", weight: flights.length > MANY ? 1 : 1.5, fillColor: "#fff", fillOpacity: 1 };
      L.circleMarker([lat, lon], look).bindTooltip(words).addTo(map);
    });
    if (flights.length > MANY) return; // their times would hide the map
    const steps = [30, 60, 120, 300, 600, 900, 1800, 3600];
    const step = steps.find((s) => last / s <= 9) || 7200;
    for (let t = step; t < last - step / 3; t += step) {
      const p = at(track, t);
      L.marker([p[2], p[3]], { icon: L.divIcon({ className: "mark", html: text(flight.departs + t), iconAnchor: [-5, 22] }), interactive: false, keyboard: false }).addTo(map);
    }
  };
  flights.forEach(draw);
  const drones = flights.map((flight) => {
    const fill = flights.length > 1 ? ` style="background:${flight.colours[0]}"` : "";
    const icon = L.divIcon({ className: "drone", html: `<i${fill}></i>` });
    return L.marker(flight.track[0].slice(2, 4), { icon, interactive: false, keyboard: false, zIndexOffset: 1000 }).addTo(map);
  });

  const show = (time) => {
    output.textContent = text(time);
    flights.forEach((flight, number) => {
      const own = time - flight.departs, now = at(flight.track, own);
      drones[number].setLatLng([now[2], now[3]]);
      const isUnderWay = own >= 0 && own <= flight.track[flight.track.length - 1][0];
      drones[number].setOpacity(isUnderWay || flights.length === 1 ? 1 : 0);
      const part = document.getElementById(`flight-${number}`);
      move(part, now);
      const rows = part.querySelectorAll("tr[data-time]");
      let current = null;
      rows.forEach((row) => {
        row.classList.remove("now");
        if (current === null && Number(row.dataset.time) >= own - 0.01) current = row;
      });
      if (current && own >= 0) current.classList.add("now");
    });
    const schedule = document.getElementById("schedule");
    if (schedule) move(schedule, [time, 0]);
  };
  const move = (part, now) => {
    part.querySelectorAll(".cursor").forEach((line) => {
      const { follows, low, high, left, right } = line.dataset;
      const share = ((follows === "time" ? now[0] : now[1]) - low) / (high - low);
      line.setAttribute("transform", `translate(${Number(left) + share * (right - left)} 0)`);
      line.style.visibility = "visible";
    });
  };

  slider.addEventListener("input", () => show(Number(slider.value)));
  document.querySelectorAll("tr[data-time]").forEach((row) => {
    const flight = flights[Number(row.closest("section").id.slice("flight-".length))];
    const go = () => { slider.value = flight.departs + Number(row.dataset.time); show(Number(slider.value)); };
    row.addEventListener("click", go);
    row.addEventListener("keydown", (event) => { if (event.key === "Enter") go(); });
  });

  let timer = null;
  play.addEventListener("click", () => {
    if (timer !== null) { clearInterval(timer); timer = null; play.setAttribute("aria-pressed", "false"); return; }
    play.setAttribute("aria-pressed", "true");
    if (Number(slider.value) >= Number(slider.max)) slider.value = 0;
    timer = setInterval(() => {
      slider.value = Number(slider.value) + Number(slider.max) / 400;
      show(Number(slider.value));
      if (Number(slider.value) >= Number(slider.max)) { clearInterval(timer); timer = null; play.setAttribute("aria-pressed", "false"); }
    }, 50);
  });
  const fit = () => {
    map.invalidateSize({ animate: false });
    const places = flights.flatMap((flight) => flight.track.map((p) => [p[2], p[3]]));
    map.fitBounds(places, { padding: [40, 40], animate: false });
  };
  window.addEventListener("beforeprint", () => { root.dataset.printing = ""; fit(); });
  window.addEventListener("afterprint", () => { delete root.dataset.printing; fit(); });
  show(0);
})();
