/* tone_words.h - the phrases that make a draft harsh, and friendlier ways.
 *
 * Written by hand for Aftersail; small letters without accents, as fold.h makes them, so that
 * one line covers every spelling. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "text/tone.h"

/* clang-format off */
static const struct tone_phrase {
	char language[3];
	enum tone_reason reason;
	const char *text;
} tone_phrases[] = {
	{"en", TONE_BLAME, "you should have"}, {"en", TONE_BLAME, "your problem"}, {"en", TONE_BLAME, "your fault"},
	{"en", TONE_BLAME, "you failed to"}, {"en", TONE_BLAME, "not our fault"}, {"en", TONE_BLAME, "not our problem"},
	{"en", TONE_BLAME, "you are wrong"}, {"en", TONE_BLAME, "you're wrong"}, {"en", TONE_BLAME, "you clearly"},
	{"en", TONE_BLAME, "you obviously"}, {"en", TONE_BLAME, "obviously you"}, {"en", TONE_BLAME, "why didn't you"},
	{"en", TONE_BLAME, "why did you not"}, {"en", TONE_BLAME, "you broke"}, {"en", TONE_BLAME, "you never"},
	{"en", TONE_BLAME, "you always"}, {"en", TONE_BLAME, "must be you"}, {"en", TONE_BLAME, "your own mistake"},
	{"en", TONE_BLAME, "next time"}, {"en", TONE_BLAME, "who don't listen"}, {"en", TONE_BLAME, "your attitude"},
	{"en", TONE_DISMISS, "i don't care"}, {"en", TONE_DISMISS, "we don't care"}, {"en", TONE_DISMISS, "not my job"},
	{"en", TONE_DISMISS, "whatever"}, {"en", TONE_DISMISS, "waste my time"}, {"en", TONE_DISMISS, "waste our time"},
	{"en", TONE_DISMISS, "what do you expect"}, {"en", TONE_DISMISS, "overreacting"}, {"en", TONE_DISMISS, "no right to"},
	{"en", TONE_DISMISS, "makes no sense"}, {"en", TONE_DISMISS, "like everybody else"}, {"en", TONE_DISMISS, "like everyone else"},
	{"en", TONE_DISMISS, "nobody else has"}, {"en", TONE_DISMISS, "if you can't"}, {"en", TONE_DISMISS, "not interested in"},
	{"en", TONE_REPEAT, "already told you"}, {"en", TONE_REPEAT, "told you"}, {"en", TONE_REPEAT, "as i said"},
	{"en", TONE_REPEAT, "how many times"}, {"en", TONE_REPEAT, "won't repeat"}, {"en", TONE_REPEAT, "same question"},
	{"en", TONE_INSULT, "stupid"}, {"en", TONE_INSULT, "idiot"}, {"en", TONE_INSULT, "learn to read"}, {"en", TONE_INSULT, "dumb"},
	{"en", TONE_INSULT, "ridiculous"}, {"en", TONE_INSULT, "shut up"}, {"en", TONE_INSULT, "do you even"}, {"en", TONE_INSULT, "nonsense"},
	{"en", TONE_COMMAND, "calm down"}, {"en", TONE_COMMAND, "just wait"}, {"en", TONE_COMMAND, "stop asking"},
	{"en", TONE_COMMAND, "stop complaining"}, {"en", TONE_COMMAND, "read the policy"}, {"en", TONE_COMMAND, "be patient"},
	{"en", TONE_SARCASM, "oh great"}, {"en", TONE_SARCASM, "how surprising"}, {"en", TONE_SARCASM, "must be joking"},
	{"en", TONE_SARCASM, "good luck with"}, {"en", TONE_SARCASM, "go ahead, write"},
	{"en", TONE_FINAL, "end of story"}, {"en", TONE_FINAL, "take it or leave it"}, {"en", TONE_FINAL, "too late now"},
	{"en", TONE_FINAL, "forget the refund"}, {"en", TONE_FINAL, "forget about"}, {"en", TONE_FINAL, "end of discussion"},
	{"en", TONE_DOUBT, "you are lying"}, {"en", TONE_DOUBT, "you're lying"}, {"en", TONE_DOUBT, "impossible that we"},
	{"en", TONE_DOUBT, "i don't believe you"}, {"en", TONE_DOUBT, "you claim"},

	{"de", TONE_BLAME, "sie hatten vor"}, {"de", TONE_BLAME, "hatten sie mal"}, {"de", TONE_BLAME, "ihr problem"},
	{"de", TONE_BLAME, "ihre schuld"}, {"de", TONE_BLAME, "nicht unsere schuld"}, {"de", TONE_BLAME, "sie irren sich"},
	{"de", TONE_BLAME, "selbst kaputt"}, {"de", TONE_BLAME, "selbst schuld"}, {"de", TONE_BLAME, "offensichtlich haben sie"},
	{"de", TONE_BLAME, "warum haben sie nicht"}, {"de", TONE_BLAME, "liegt es an ihnen"}, {"de", TONE_BLAME, "lesen sollen"},
	{"de", TONE_BLAME, "nachstes mal"}, {"de", TONE_BLAME, "wer nicht zuhort"}, {"de", TONE_BLAME, "sie haben ja immer"},
	{"de", TONE_DISMISS, "mir egal"}, {"de", TONE_DISMISS, "uns egal"}, {"de", TONE_DISMISS, "interessiert mich nicht"},
	{"de", TONE_DISMISS, "nicht zustandig"}, {"de", TONE_DISMISS, "nicht mein job"}, {"de", TONE_DISMISS, "verschwenden sie"},
	{"de", TONE_DISMISS, "was sollen wir"}, {"de", TONE_DISMISS, "sie ubertreiben"}, {"de", TONE_DISMISS, "kein recht"},
	{"de", TONE_DISMISS, "keinen sinn"}, {"de", TONE_DISMISS, "sonst hat sich niemand"}, {"de", TONE_DISMISS, "nicht umgehen konnen"},
	{"de", TONE_DISMISS, "meckern"}, {"de", TONE_REPEAT, "schon dreimal"}, {"de", TONE_REPEAT, "wie gesagt"},
	{"de", TONE_REPEAT, "ihnen ja gesagt"}, {"de", TONE_REPEAT, "ihnen schon"}, {"de", TONE_REPEAT, "dauernd"}, {"de", TONE_REPEAT, "zum letzten mal"},
	{"de", TONE_INSULT, "dumm"}, {"de", TONE_INSULT, "idiot"}, {"de", TONE_INSULT, "lernen sie lesen"}, {"de", TONE_INSULT, "lacherlich"},
	{"de", TONE_INSULT, "halten sie den mund"}, {"de", TONE_INSULT, "unverschamt"}, {"de", TONE_INSULT, "wissen sie uberhaupt"}, {"de", TONE_INSULT, "unsinn"},
	{"de", TONE_COMMAND, "beruhigen sie sich"}, {"de", TONE_COMMAND, "warten sie einfach"}, {"de", TONE_COMMAND, "gefalligst"},
	{"de", TONE_COMMAND, "horen sie auf"}, {"de", TONE_COMMAND, "lesen sie die bedingungen"}, {"de", TONE_COMMAND, "denken sie nach"},
	{"de", TONE_SARCASM, "na toll"}, {"de", TONE_SARCASM, "welch uberraschung"}, {"de", TONE_SARCASM, "ein witz"}, {"de", TONE_SARCASM, "schreiben sie ruhig"},
	{"de", TONE_FINAL, "ende der diskussion"}, {"de", TONE_FINAL, "vergessen sie die"}, {"de", TONE_FINAL, "friss oder stirb"},
	{"de", TONE_FINAL, "jetzt ist es zu spat"}, {"de", TONE_FINAL, "pech gehabt"}, {"de", TONE_DOUBT, "sie lugen"},
	{"de", TONE_DOUBT, "wir machen keine fehler"}, {"de", TONE_DOUBT, "glaube ihnen nicht"}, {"de", TONE_DOUBT, "angeblich"},

	{"es", TONE_BLAME, "deberia haber"}, {"es", TONE_BLAME, "su problema"}, {"es", TONE_BLAME, "culpa suya"},
	{"es", TONE_BLAME, "no es culpa nuestra"}, {"es", TONE_BLAME, "esta equivocado"}, {"es", TONE_BLAME, "usted mismo"},
	{"es", TONE_BLAME, "obviamente no"}, {"es", TONE_BLAME, "por que no miro"}, {"es", TONE_BLAME, "sera usted"},
	{"es", TONE_BLAME, "la proxima vez"}, {"es", TONE_BLAME, "quien no escucha"}, {"es", TONE_BLAME, "siempre se queja"}, {"es", TONE_BLAME, "su actitud"},
	{"es", TONE_DISMISS, "me da igual"}, {"es", TONE_DISMISS, "nos da igual"}, {"es", TONE_DISMISS, "no me importa"},
	{"es", TONE_DISMISS, "no es mi trabajo"}, {"es", TONE_DISMISS, "perder el tiempo"}, {"es", TONE_DISMISS, "que quiere que hagamos"},
	{"es", TONE_DISMISS, "exagerando"}, {"es", TONE_DISMISS, "no tiene derecho"}, {"es", TONE_DISMISS, "no tiene sentido"},
	{"es", TONE_DISMISS, "nadie mas se ha"}, {"es", TONE_DISMISS, "como todo el mundo"}, {"es", TONE_DISMISS, "si no sabe"}, {"es", TONE_DISMISS, "mi trabajo"},
	{"es", TONE_REPEAT, "ya se lo dije"}, {"es", TONE_REPEAT, "como ya dije"}, {"es", TONE_REPEAT, "preguntar lo mismo"},
	{"es", TONE_REPEAT, "se lo advertimos"}, {"es", TONE_REPEAT, "no lo voy a repetir"}, {"es", TONE_REPEAT, "cuantas veces"},
	{"es", TONE_INSULT, "tonto"}, {"es", TONE_INSULT, "idiota"}, {"es", TONE_INSULT, "aprenda a leer"}, {"es", TONE_INSULT, "ridiculo"},
	{"es", TONE_INSULT, "callese"}, {"es", TONE_INSULT, "sabe siquiera"}, {"es", TONE_INSULT, "tonteria"},
	{"es", TONE_COMMAND, "calmese"}, {"es", TONE_COMMAND, "espere y ya"}, {"es", TONE_COMMAND, "deje de"}, {"es", TONE_COMMAND, "lea las condiciones"},
	{"es", TONE_SARCASM, "que sorpresa"}, {"es", TONE_SARCASM, "bromeando"}, {"es", TONE_SARCASM, "ponga una mala"}, {"es", TONE_SARCASM, "suerte con eso"},
	{"es", TONE_FINAL, "punto final"}, {"es", TONE_FINAL, "lo toma o lo deja"}, {"es", TONE_FINAL, "ahora es tarde"}, {"es", TONE_FINAL, "olvidese"},
	{"es", TONE_DOUBT, "usted miente"}, {"es", TONE_DOUBT, "imposible que nos"}, {"es", TONE_DOUBT, "no le creo"},

	{"zh", TONE_BLAME, "你的问题"}, {"zh", TONE_BLAME, "您的问题，"}, {"zh", TONE_BLAME, "就应该先"}, {"zh", TONE_BLAME, "是你没"}, {"zh", TONE_BLAME, "你错了"},
	{"zh", TONE_BLAME, "你自己"}, {"zh", TONE_BLAME, "怪我们"}, {"zh", TONE_BLAME, "跟我们没关系"}, {"zh", TONE_BLAME, "与我们无关"}, {"zh", TONE_BLAME, "为什么不自己"},
	{"zh", TONE_BLAME, "动动脑子"}, {"zh", TONE_BLAME, "你怎么老是"}, {"zh", TONE_BLAME, "你这态度"}, {"zh", TONE_BLAME, "就你事多"}, {"zh", TONE_BLAME, "不听人话"},
	{"zh", TONE_DISMISS, "随便你"}, {"zh", TONE_DISMISS, "我不管"}, {"zh", TONE_DISMISS, "不归我管"}, {"zh", TONE_DISMISS, "不在乎"}, {"zh", TONE_DISMISS, "浪费我的时间"},
	{"zh", TONE_DISMISS, "想让我们怎么样"}, {"zh", TONE_DISMISS, "小题大做"}, {"zh", TONE_DISMISS, "没有资格"}, {"zh", TONE_DISMISS, "莫名其妙"}, {"zh", TONE_DISMISS, "不会用就别"},
	{"zh", TONE_DISMISS, "你急什么"}, {"zh", TONE_DISMISS, "爱退不退"}, {"zh", TONE_DISMISS, "爱要不要"}, {"zh", TONE_DISMISS, "关我什么事"},
	{"zh", TONE_REPEAT, "说三遍"}, {"zh", TONE_REPEAT, "说过了"}, {"zh", TONE_REPEAT, "同样的问题"}, {"zh", TONE_REPEAT, "不想再重复"}, {"zh", TONE_REPEAT, "早就告诉"}, {"zh", TONE_REPEAT, "说了多少遍"},
	{"zh", TONE_INSULT, "傻"}, {"zh", TONE_INSULT, "笨"}, {"zh", TONE_INSULT, "可笑"}, {"zh", TONE_INSULT, "懂不懂"}, {"zh", TONE_INSULT, "看不懂字"}, {"zh", TONE_INSULT, "闭嘴"}, {"zh", TONE_INSULT, "有病"},
	{"zh", TONE_COMMAND, "冷静点"}, {"zh", TONE_COMMAND, "等着吧"}, {"zh", TONE_COMMAND, "别再问"}, {"zh", TONE_COMMAND, "自己看"}, {"zh", TONE_COMMAND, "自己查"}, {"zh", TONE_COMMAND, "别废话"},
	{"zh", TONE_SARCASM, "呵呵"}, {"zh", TONE_SARCASM, "开玩笑吧"}, {"zh", TONE_SARCASM, "真是意外"}, {"zh", TONE_SARCASM, "还想退款"}, {"zh", TONE_SARCASM, "去差评"},
	{"zh", TONE_FINAL, "就这样"}, {"zh", TONE_FINAL, "现在晚了"}, {"zh", TONE_FINAL, "没得商量"}, {"zh", TONE_FINAL, "没门"},
	{"zh", TONE_DOUBT, "你在撒谎"}, {"zh", TONE_DOUBT, "不可能出错"}, {"zh", TONE_DOUBT, "你骗"},

	{"ja", TONE_BLAME, "べきでした"}, {"ja", TONE_BLAME, "お客様の問題"}, {"ja", TONE_BLAME, "そちらの責任"}, {"ja", TONE_BLAME, "あなたが悪い"}, {"ja", TONE_BLAME, "間違っているのはあなた"},
	{"ja", TONE_BLAME, "自分で壊した"}, {"ja", TONE_BLAME, "なぜ自分で"}, {"ja", TONE_BLAME, "明らかに"}, {"ja", TONE_BLAME, "話を聞かない"}, {"ja", TONE_BLAME, "次は考えて"}, {"ja", TONE_BLAME, "あなたの態度"},
	{"ja", TONE_DISMISS, "どうでもいい"}, {"ja", TONE_DISMISS, "気にしません"}, {"ja", TONE_DISMISS, "私の仕事では"}, {"ja", TONE_DISMISS, "時間の無駄"}, {"ja", TONE_DISMISS, "どうしろと"},
	{"ja", TONE_DISMISS, "大げさ"}, {"ja", TONE_DISMISS, "権利はありません"}, {"ja", TONE_DISMISS, "意味不明"}, {"ja", TONE_DISMISS, "使えないなら"}, {"ja", TONE_DISMISS, "と言おうと知りません"}, {"ja", TONE_DISMISS, "文句"},
	{"ja", TONE_DISMISS, "嫌なら"}, {"ja", TONE_REPEAT, "言いましたよね"}, {"ja", TONE_REPEAT, "前にも言いました"}, {"ja", TONE_REPEAT, "何度も"}, {"ja", TONE_REPEAT, "二度と言いません"}, {"ja", TONE_REPEAT, "だから言った"},
	{"ja", TONE_INSULT, "馬鹿"}, {"ja", TONE_INSULT, "ばか"}, {"ja", TONE_INSULT, "字が読めない"}, {"ja", TONE_INSULT, "黙って"}, {"ja", TONE_INSULT, "分かっていますか"}, {"ja", TONE_INSULT, "不愉快"},
	{"ja", TONE_COMMAND, "落ち着いてください"}, {"ja", TONE_COMMAND, "待ってろ"}, {"ja", TONE_COMMAND, "我慢しろ"}, {"ja", TONE_COMMAND, "確認しろ"}, {"ja", TONE_COMMAND, "読め"}, {"ja", TONE_COMMAND, "いいから"},
	{"ja", TONE_SARCASM, "はいはい"}, {"ja", TONE_SARCASM, "驚きですね"}, {"ja", TONE_SARCASM, "冗談でしょう"}, {"ja", TONE_SARCASM, "悪い評価でも"},
	{"ja", TONE_FINAL, "以上。"}, {"ja", TONE_FINAL, "もう遅い"}, {"ja", TONE_FINAL, "無理に決まって"}, {"ja", TONE_FINAL, "諦めて"},
	{"ja", TONE_DOUBT, "嘘を"}, {"ja", TONE_DOUBT, "間違えるはずがない"}, {"ja", TONE_DOUBT, "信じられません"},
};

static const struct {
	char language[3];
	const char *better[TONE_REASONS];
} tone_ways[] = {
	{"en", {"I see how that happened; let me help you with it.", "I understand this matters to you. Here is what I can do:",
		"Let me explain it once more.", "Thank you for telling me. I will look into it.", "Could you please ...?",
		"I am sorry about this.", "I cannot offer that, but I can ...", "Let me check what happened.", "Write it calmly, with one full stop."}},
	{"de", {"Ich sehe, wie das passiert ist, und helfe Ihnen gern weiter.", "Ich verstehe, dass Ihnen das wichtig ist. Das kann ich tun:",
		"Gern erkläre ich es noch einmal.", "Danke für den Hinweis, ich kümmere mich darum.", "Könnten Sie bitte ...?",
		"Das tut mir leid.", "Das ist leider nicht möglich, aber ich kann ...", "Ich prüfe gern, was passiert ist.", "Ruhig schreiben, mit einem Punkt."}},
	{"es", {"Entiendo cómo ocurrió; le ayudo con ello.", "Entiendo que es importante para usted. Esto puedo hacer:",
		"Con gusto se lo explico otra vez.", "Gracias por decírmelo, lo reviso enseguida.", "¿Podría ..., por favor?",
		"Lamento lo ocurrido.", "Eso no es posible, pero puedo ...", "Déjeme comprobar qué pasó.", "Escríbalo con calma, con un solo punto."}},
	{"zh", {"我明白情况了，我来帮您处理。", "我理解这对您很重要，我可以为您：", "我再为您说明一下。", "感谢您的反馈，我马上核实。",
		"麻烦您……好吗？", "非常抱歉给您带来不便。", "这个暂时无法办理，不过我可以……", "我帮您核实一下情况。", "语气平和些，一个句号就够了。"}},
	{"ja", {"状況を理解いたしました。お手伝いいたします。", "大切なことと存じます。私にできることは、", "もう一度ご説明いたします。",
		"ご指摘ありがとうございます。確認いたします。", "恐れ入りますが、……いただけますか？", "ご不便をおかけし申し訳ございません。",
		"あいにくできかねますが、……は承ります。", "状況を確認いたします。", "落ち着いた書き方で、句点は一つに。"}},
};
/* clang-format on */
