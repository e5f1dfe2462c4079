// The controls: buttons, sliders, keys and the mixer.

class Controls {
  /**
   * @param {Music} music
   * @param {Player} player
   */
  constructor(music, player) {
    this.music = music;
    this.player = player;
    /** @type {number | null} the first end of a loop, until the second is clicked */
    this.loopStart = null;
    this.choosingLoop = false;
    this.connectButtons();
    this.connectSliders();
    this.buildMixer();
    document.addEventListener("keydown", (event) => this.handleKey(event));
    document.addEventListener("choose", (event) => {
      this.choose(/** @type {CustomEvent<number>} */ (event).detail);
    });
    player.addEventListener("change", () => this.show());
    this.show();
  }

  /** Take up other music, after the player. @param {Music} music */
  load(music) {
    this.music = music;
    get("mixer").replaceChildren();
    this.buildMixer();
    /** @type {HTMLInputElement} */ (get("position")).max = String(music.steps);
    this.show();
  }

  connectButtons() {
    const { player } = this;
    get("play").addEventListener("click", () => this.togglePlay());
    get("start").addEventListener("click", () => player.seek(player.settings.loop?.[0] ?? 0));
    get("loop").addEventListener("click", () => this.toggleLoop());
    get("metronome").addEventListener("click", () => {
      player.settings.metronome = !player.settings.metronome;
      player.update();
    });
    get("count-in").addEventListener("click", () => {
      player.settings.countIn = !player.settings.countIn;
      this.show();
    });
    get("view").addEventListener("click", () => {
      const roll = document.body.classList.toggle("roll-shown");
      get("view").setAttribute("aria-pressed", String(roll));
    });
    get("lower").addEventListener("click", () => this.transpose(-1));
    get("higher").addEventListener("click", () => this.transpose(1));
    get("print").addEventListener("click", () => window.print());
  }

  connectSliders() {
    const { player } = this;
    const tempo = /** @type {HTMLInputElement} */ (get("tempo"));
    tempo.value = String(Math.round(player.settings.tempo));
    tempo.addEventListener("input", () => {
      player.settings.tempo = Number(tempo.value);
      this.show();
    });
    tempo.addEventListener("change", () => player.update());
    const position = /** @type {HTMLInputElement} */ (get("position"));
    position.max = String(this.music.steps);
    position.addEventListener("input", () => player.seek(Number(position.value)));
  }

  buildMixer() {
    const { music, player } = this;
    const mixer = get("mixer");
    const pattern = /** @type {HTMLTemplateElement} */ (get("mixer-row"));
    music.voices.forEach((voice, index) => {
      const row = /** @type {HTMLElement} */ (
        /** @type {DocumentFragment} */ (pattern.content.cloneNode(true)).firstElementChild
      );
      const find = (/** @type {string} */ name) =>
        /** @type {HTMLElement} */ (row.querySelector(`[data-part="${name}"]`));
      row.classList.add(`voice-${voice.number}`);
      row.dataset.voice = String(voice.number);
      find("name").textContent = `${index + 1} ${voice.name}`;
      const volume = /** @type {HTMLInputElement} */ (find("volume"));
      volume.setAttribute("aria-label", `Volume of the ${voice.name}`);
      volume.addEventListener("input", () => {
        player.settings.volumes[index] = (Number(volume.value) / 100) ** 2;
        player.updateGains();
      });
      /** @type {[string, string, () => void][]} */
      const switches = [
        ["mute", `Mute the ${voice.name}`, () => toggleMute(player.settings, index)],
        ["alone", `Only the ${voice.name}`, () => toggleAlone(player.settings, index)],
        ["front", `The ${voice.name} louder than the others`, () => toggleFront(player.settings, index)],
      ];
      for (const [name, label, act] of switches) {
        find(name).setAttribute("aria-label", label);
        find(name).title = label;
        find(name).addEventListener("click", () => {
          act();
          player.updateGains();
          this.show();
        });
      }
      mixer.append(row);
    });
  }

  togglePlay() {
    const { player } = this;
    if (player.playing) {
      player.pause();
    } else {
      void player.play(player.step >= this.music.steps ? 0 : player.step);
    }
  }

  /** Begin to choose a loop by two clicks, or end the loop. */
  toggleLoop() {
    const { settings } = this.player;
    this.choosingLoop = !settings.loop && !this.choosingLoop;
    this.loopStart = null;
    settings.loop = null;
    this.player.update();
  }

  /** Take a step that was clicked: an end of the loop, or the place to play from. @param {number} step */
  choose(step) {
    if (!this.choosingLoop) {
      void this.player.play(step);
      return;
    }
    if (this.loopStart === null) {
      this.loopStart = step;
      this.show();
      return;
    }
    const last = Math.max(this.loopStart, step);
    const ends = this.music.notes
      .filter((note) => note.step === last)
      .map((note) => note.step + note.length);
    this.loop(Math.min(this.loopStart, step), ends.length ? Math.max(...ends) : last + 4);
  }

  /** Take the present bar as the first or the last one of a loop. */
  chooseBar() {
    const step = this.player.presentStep();
    const { bars, steps } = this.music;
    const place = Math.max(0, bars.findLastIndex((bar) => bar.step <= step));
    const start = this.loopStart;
    if (start === null) {
      this.choose(bars[place].step);
    } else {
      this.loop(Math.min(start, bars[place].step), bars[place + 1]?.step ?? steps);
    }
  }

  /**
   * Play a stretch of the music again and again.
   *
   * @param {number} first
   * @param {number} end exclusive
   */
  loop(first, end) {
    this.player.settings.loop = [first, Math.min(this.music.steps, end)];
    this.choosingLoop = false;
    void this.player.play(first);
  }

  /** @param {number} semitones */
  transpose(semitones) {
    const { settings } = this.player;
    settings.transposition = Math.min(12, Math.max(-12, settings.transposition + semitones));
    this.player.update();
  }

  /** @param {KeyboardEvent} event */
  handleKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const target = /** @type {HTMLElement} */ (event.target);
    const slider = target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
    const button = target instanceof HTMLButtonElement || target instanceof HTMLAnchorElement;
    const act = this.findAction(event.key);
    const text = slider && target.type !== "range";
    const typing =
      text || (slider && event.key.startsWith("Arrow")) || (button && event.key === " ");
    if (act && !typing && !event.defaultPrevented) {
      event.preventDefault();
      act();
    }
  }

  /** @param {string} key @returns {(() => unknown) | null} */
  findAction(key) {
    const { player, music } = this;
    const voice = "1234".indexOf(key);
    if (voice >= 0 && key.length === 1 && voice < music.voices.length) {
      return () => {
        toggleMute(player.settings, voice);
        player.updateGains();
        this.show();
      };
    }
    /** @type {Record<string, () => unknown>} */
    const actions = {
      " ": () => this.togglePlay(),
      ArrowLeft: () => player.seek(this.findBar(-1)),
      ArrowRight: () => player.seek(this.findBar(1)),
      ArrowUp: () => this.changeTempo(4),
      ArrowDown: () => this.changeTempo(-4),
      Home: () => player.seek(0),
      l: () => (this.choosingLoop ? this.chooseBar() : this.toggleLoop()),
      Escape: () => (this.choosingLoop || player.settings.loop) && this.toggleLoop(),
      m: () => get("metronome").click(),
      v: () => get("view").click(),
    };
    return actions[key] ?? null;
  }

  /** The start of the next bar, or of the bar before. @param {number} direction */
  findBar(direction) {
    const step = this.player.presentStep();
    const starts = this.music.bars.map((bar) => bar.step);
    if (direction > 0) {
      return starts.find((start) => start > step) ?? this.music.steps;
    }
    return starts.filter((start) => start < step - 2).pop() ?? 0;
  }

  /** @param {number} difference */
  changeTempo(difference) {
    const tempo = /** @type {HTMLInputElement} */ (get("tempo"));
    tempo.value = String(Number(tempo.value) + difference);
    this.player.settings.tempo = Number(tempo.value);
    this.player.update();
  }

  /** Show the state of the player in the controls. */
  show() {
    const { player, music } = this;
    const { settings } = player;
    get("play").setAttribute("aria-label", player.playing ? "Pause" : "Play");
    get("play").classList.toggle("playing", player.playing);
    get("tempo-value").textContent = `${settings.tempo} \u2669/min`;
    const transposition = settings.transposition;
    get("transposition").textContent =
      transposition > 0 ? `+${transposition}` : String(transposition).replace("-", "\u2212");
    press("metronome", settings.metronome);
    press("count-in", settings.countIn);
    press("loop", settings.loop !== null || this.choosingLoop);
    get("hint").textContent = this.describeLoop();
    music.voices.forEach((voice, index) => {
      const row = document.querySelector(`#mixer [data-voice="${voice.number}"]`);
      for (const [name, on] of /** @type {[string, boolean][]} */ ([
        ["mute", settings.muted[index]],
        ["alone", settings.alone === index],
        ["front", settings.front === index],
      ])) {
        row?.querySelector(`[data-part="${name}"]`)?.setAttribute("aria-pressed", String(on));
      }
      row?.classList.toggle("silent", settings.gain(index) === 0);
    });
  }

  describeLoop() {
    if (this.choosingLoop) {
      return this.loopStart === null
        ? "Click the first note of the loop, or press L in its first bar."
        : "Click the last note of the loop, or press L in its last bar.";
    }
    const { loop } = this.player.settings;
    if (!loop) {
      return "Click a note to play from there.";
    }
    return `Loop: ${this.describePlace(loop[0])} to ${this.describePlace(loop[1] - 1)}.`;
  }

  /** @param {number} step */
  describePlace(step) {
    const bar = this.music.bars.filter((each) => each.step <= step).pop();
    const beats = (step - (bar?.step ?? 0)) / this.music.stepsPerBeat;
    return `bar ${bar?.number ?? 0}, beat ${Math.floor((bar?.beat ?? 1) + beats)}`;
  }
}

/**
 * @param {string} id
 * @param {boolean} on
 */
function press(id, on) {
  get(id).setAttribute("aria-pressed", String(on));
}

/** @param {Settings} settings @param {number} index */
function toggleMute(settings, index) {
  settings.muted[index] = !settings.muted[index];
}

/** @param {Settings} settings @param {number} index */
function toggleAlone(settings, index) {
  settings.alone = settings.alone === index ? null : index;
}

/** @param {Settings} settings @param {number} index */
function toggleFront(settings, index) {
  settings.front = settings.front === index ? null : index;
}
