"""The fields of Gemini's bodies in camelCase, as its API reference and SDK (3.6.1) name them."""

from __future__ import annotations

from playground.demo.refusals.kinds import (
    ANY,
    ARRAY,
    BOOLEAN,
    INTEGER,
    NUMBER,
    OBJECT,
    STRING,
    Kind,
    needed,
    one_of,
    record,
    several,
)

CALL = record(id=STRING, name=STRING, args=OBJECT, partialArgs=ANY, willContinue=BOOLEAN)
TOLD = record(
    id=STRING, name=STRING, response=OBJECT, parts=ARRAY, scheduling=STRING, willContinue=BOOLEAN
)
PART = record(
    text=STRING,
    thought=BOOLEAN,
    thoughtSignature=STRING,
    inlineData=record(data=STRING, mimeType=STRING, displayName=STRING),
    fileData=record(fileUri=STRING, mimeType=STRING, displayName=STRING),
    functionCall=CALL,
    functionResponse=TOLD,
    executableCode=OBJECT,
    codeExecutionResult=OBJECT,
    toolCall=OBJECT,
    toolResponse=OBJECT,
    videoMetadata=OBJECT,
    mediaResolution=ANY,
    mediaProcessing=ANY,
    partMetadata=OBJECT,
    audioMetadata=ANY,
    audioTranscription=ANY,
    documentMetadata=ANY,
    speechMetadata=ANY,
    spreadsheetMetadata=ANY,
)
CONTENT = record(role=STRING, parts=Kind(types=("array", "object"), item=PART, fields=PART.fields))
FUNCTION = record(
    name=STRING,
    description=STRING,
    parameters=OBJECT,
    parametersJsonSchema=ANY,
    response=OBJECT,
    responseJsonSchema=ANY,
    behavior=STRING,
)
TOOL = record(
    functionDeclarations=several(FUNCTION),
    codeExecution=OBJECT,
    computerUse=OBJECT,
    enterpriseWebSearch=OBJECT,
    exaAiSearch=OBJECT,
    fileSearch=OBJECT,
    googleMaps=OBJECT,
    googleSearch=OBJECT,
    googleSearchRetrieval=OBJECT,
    mcpServers=ARRAY,
    parallelAiSearch=OBJECT,
    retrieval=OBJECT,
    urlContext=OBJECT,
)
LEVELS = ("THINKING_LEVEL_UNSPECIFIED", "MINIMAL", "LOW", "MEDIUM", "HIGH", "XHIGH")
BOTH_CASES = tuple(word for level in LEVELS for word in (level, level.lower()))
CONFIG = record(
    audioTimestamp=BOOLEAN,
    audioTranscriptionConfig=ANY,
    candidateCount=INTEGER,
    enableAffectiveDialog=BOOLEAN,
    enableEnhancedCivicAnswers=BOOLEAN,
    frequencyPenalty=NUMBER,
    imageConfig=OBJECT,
    logprobs=INTEGER,
    maxOutputTokens=INTEGER,
    mediaResolution=STRING,
    modelSelectionConfig=ANY,
    presencePenalty=NUMBER,
    responseFormat=ANY,
    responseJsonSchema=ANY,
    responseLogprobs=BOOLEAN,
    responseMimeType=STRING,
    responseModalities=several(one_of("MODALITY_UNSPECIFIED", "TEXT", "IMAGE", "AUDIO", "VIDEO")),
    responseSchema=OBJECT,
    routingConfig=ANY,
    seed=INTEGER,
    speechConfig=OBJECT,
    stopSequences=several(STRING),
    temperature=NUMBER,
    thinkingConfig=record(
        includeThoughts=BOOLEAN, thinkingBudget=INTEGER, thinkingLevel=one_of(*BOTH_CASES)
    ),
    topK=NUMBER,
    topP=NUMBER,
    translationConfig=ANY,
)
HARMS = [
    "HARM_CATEGORY_UNSPECIFIED",
    "HARM_CATEGORY_HARASSMENT",
    "HARM_CATEGORY_HATE_SPEECH",
    "HARM_CATEGORY_SEXUALLY_EXPLICIT",
    "HARM_CATEGORY_DANGEROUS_CONTENT",
    "HARM_CATEGORY_CIVIC_INTEGRITY",
    "HARM_CATEGORY_JAILBREAK",
]
THRESHOLDS = [
    "HARM_BLOCK_THRESHOLD_UNSPECIFIED",
    "BLOCK_LOW_AND_ABOVE",
    "BLOCK_MEDIUM_AND_ABOVE",
    "BLOCK_ONLY_HIGH",
    "BLOCK_NONE",
    "OFF",
]
GENERATE = record(
    contents=ANY,
    systemInstruction=CONTENT,
    tools=several(TOOL),
    toolConfig=record(
        functionCallingConfig=record(
            mode=one_of("MODE_UNSPECIFIED", "AUTO", "ANY", "NONE", "VALIDATED"),
            allowedFunctionNames=several(STRING),
            streamFunctionCallArguments=BOOLEAN,
        ),
        retrievalConfig=OBJECT,
        includeServerSideToolInvocations=BOOLEAN,
    ),
    safetySettings=several(
        record(category=one_of(*HARMS), threshold=one_of(*THRESHOLDS), method=STRING)
    ),
    generationConfig=CONFIG,
    cachedContent=STRING,
    continuationToken=STRING,
    labels=OBJECT,
    model=STRING,
    modelArmorConfig=OBJECT,
    serviceTier=STRING,
    store=BOOLEAN,
    generateContentRequest=OBJECT,
)
CONTENTS = several(CONTENT)

INTERACTIONS = record(
    agent=STRING,
    agent_config=OBJECT,
    background=BOOLEAN,
    cached_content=STRING,
    continuation_token=STRING,
    environment=ANY,
    generation_config=record(
        image_config=OBJECT,
        max_output_tokens=INTEGER,
        seed=INTEGER,
        speech_config=ANY,
        stop_sequences=several(STRING),
        temperature=NUMBER,
        thinking_level=one_of("minimal", "low", "medium", "high", "xhigh"),
        thinking_summaries=one_of("auto", "none"),
        tool_choice=Kind(types=("string", "object"), values=("auto", "any", "none", "validated")),
        top_p=NUMBER,
        transcription_config=ANY,
        video_config=ANY,
    ),
    input=needed(ANY),
    labels=OBJECT,
    model=STRING,
    previous_interaction_id=STRING,
    response_format=ANY,
    response_mime_type=STRING,
    response_modalities=several(STRING),
    safety_settings=ARRAY,
    service_tier=one_of("standard", "flex", "priority", "deferred"),
    store=BOOLEAN,
    stream=BOOLEAN,
    system_instruction=ANY,
    tools=several(OBJECT),
    webhook_config=OBJECT,
)
